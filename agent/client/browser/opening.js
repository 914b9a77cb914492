/**
 * What a client asks a server for, first of all.
 *
 * @module opening
 */

/**
 * @typedef {object} SessionOptions
 * @property {URL} url of `/v1/realtime`, http or ws
 * @property {string} [token]
 * @property {VideoOptions | null} [video] null: no pictures; without a size, the avatar’s own
 * @property {boolean} [motion] whether the avatar’s 58 numbers come beside each picture
 * @property {string} [instructions] to the language model
 */

/**
 * @typedef {{codec?: "jpeg" | "h264" | "vp8", width?: number, height?: number, quality?: number}} VideoOptions
 */

/**
 * The first event.
 *
 * @param {SessionOptions} options
 * @param {{input_rate: number, output_rate: number}} audio
 * @param {"jpeg" | "h264" | "vp8"} [codec] in place of the one of the options
 * @param {string} [token] of the conversation to come back to
 */
export function opening(options, audio, codec, token) {
  const { video = { quality: 80 }, instructions, motion = false } = options;
  const pictures = video && { codec: codec ?? "jpeg", ...video, ...(codec && { codec }) };
  const avatar = { media: "binary", audio, video: pictures, motion, metrics: true };
  const again = token ? { resume_token: token } : {};
  const session = { type: "realtime", instructions, avatar, ...again };
  return { type: "session.update", session };
}
