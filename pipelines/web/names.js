/**
 * What a visitor reads for the states that the protocol names.
 *
 * @module names
 */

/** @type {Record<string, string>} */
export const STATES = {
  initializing: "Waking up",
  away: "Away",
  idle: "Ready",
  listening: "Listening",
  thinking: "Thinking",
  speaking: "Speaking",
};

/** @type {Record<string, string>} */
export const CONNECTIONS = {
  connecting: "Connecting",
  connected: "Connected",
  reconnecting: "Reconnecting",
  refused: "Refused",
  closed: "Closed",
};
