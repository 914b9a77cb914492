/**
 * What the house says of itself: `GET kiosk/screen`.
 *
 * @module house
 */

/** Milliseconds that an answer may take, and between two attempts. */
const ANSWER_MS = 5000;
const AGAIN_MS = 2000;

/**
 * What the house says now; null when nobody answers.
 *
 * @param {string} [token]
 * @returns {Promise<import("./visit.js").Screen | null>}
 */
export async function house(token) {
  try {
    const answer = await fetch("kiosk/screen", {
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return answer.ok ? await answer.json() : null;
  } catch (error) {
    const unanswered = error instanceof TypeError || error instanceof DOMException;
    if (!unanswered && !(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/**
 * What the house says, however long it takes.
 *
 * @param {string | undefined} token
 * @param {() => void} waits is called after each attempt that came to nothing
 * @returns {Promise<import("./visit.js").Screen>}
 */
export async function patiently(token, waits) {
  for (;;) {
    const told = await house(token);
    if (told !== null) return told;
    waits();
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
