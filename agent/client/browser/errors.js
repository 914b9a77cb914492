/**
 * What can go wrong between a person and the avatar, told so that the person can do something.
 *
 * @module errors
 */

/**
 * @typedef {"permission_refused" | "no_device" | "device_in_use" | "insecure_origin" |
 *   "device_failed" | "full" | "not_ready" | "wrong_token" | "origin_refused" | "gone" | "refused"} ProblemCode
 */

/** A problem with its remedy. */
export class Problem extends Error {
  /**
   * @param {ProblemCode} code
   * @param {string} message what is the matter
   * @param {string} advice what to do
   */
  constructor(code, message, advice) {
    super(message);
    this.name = "Problem";
    this.code = code;
    this.advice = advice;
  }
}

/**
 * Why a microphone or a camera did not start.
 *
 * @param {unknown} error what `getUserMedia` threw
 * @param {"microphone" | "camera"} device
 */
export function deviceProblem(error, device) {
  if (error instanceof Problem) return error;
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") {
    return new Problem(
      "permission_refused",
      `The ${device} is blocked for this page.`,
      "Allow it beside the address of the page, then switch it on again. " + insteadOf(device),
    );
  }
  if (name === "NotFoundError" || name === "OverconstrainedError") {
    return new Problem(
      "no_device",
      `No ${device} was found.`,
      `Connect one and switch it on again. ` + insteadOf(device),
    );
  }
  if (name === "NotReadableError" || name === "AbortError") {
    return new Problem(
      "device_in_use",
      `The ${device} is in use by another program.`,
      "Close the program that uses it, then switch it on again. " + insteadOf(device),
    );
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem("device_failed", `The ${device} did not start: ${detail}`, insteadOf(device));
}

/** Browsers give sound worklets and devices to secure pages only. Throws `Problem` on another. */
export function requireSecureOrigin() {
  if (window.isSecureContext) return;
  throw new Problem(
    "insecure_origin",
    "Sound, microphone and camera need a secure page, and this one came over plain http.",
    "Start the server with “visavis serve --tls auto” and open the page with https://, or open " +
      "it as localhost. Until then you can write, and read the answers.",
  );
}

/**
 * Why the server refused a connection.
 *
 * @param {number} status of HTTP
 * @param {string} reason what the server says of it
 * @param {string} [code] the server's word for it
 */
export function refusal(status, reason, code = "") {
  if (status === 401) {
    return new Problem(
      "wrong_token",
      "The server wants another token.",
      "Open the page with the link that the server printed; the token stands behind #token=.",
    );
  }
  if (status === 403) {
    return new Problem(
      "origin_refused",
      "The server does not accept this page's address.",
      reason || "Open the page from the server itself.",
    );
  }
  if (status === 503 && code === "not_ready") {
    return new Problem(
      "not_ready",
      "The server cannot start a conversation yet.",
      `${reason}. This page keeps trying.`,
    );
  }
  if (status === 503) {
    return new Problem(
      "full",
      "Every seat is taken just now.",
      "This page keeps trying and connects as soon as one is free.",
    );
  }
  return new Problem("refused", `The server refused the connection (${status}).`, reason);
}

/** Nobody answers at the server's address. */
export function serverGone() {
  return new Problem(
    "gone",
    "The connection is lost.",
    "Reconnecting; the conversation begins anew when the server is back.",
  );
}

/** @param {"microphone" | "camera"} device */
function insteadOf(device) {
  return device === "microphone"
    ? "Until then, typing works just as well."
    : "The conversation works without it.";
}
