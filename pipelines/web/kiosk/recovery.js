/**
 * A page that nobody looks after: it loads itself again after an error, a few times in a row.
 *
 * A module of its own, loaded first, so that it also sees the others fail. Times of reloads are all
 * that is kept, for as long as the tab is open.
 *
 * @module recovery
 */

const KEY = "visavis-kiosk-reloads";

/** Milliseconds before a page with an error is loaded again. */
const AFTER_MS = 5000;

/** Reloads within `WITHIN_MS`; then the page waits until the first of them is that long ago. */
const MOST = 5;
const WITHIN_MS = 600_000;

/** Milliseconds that a lost canvas has to come back. */
const CANVAS_MS = 3000;

let planned = 0;

/** Load the page again, soon; again and again only slowly. */
export function loadAgain() {
  if (planned !== 0) return;
  const now = Date.now();
  const before = reloads().filter((at) => at <= now && at > now - WITHIN_MS);
  const waits = before.length < MOST ? AFTER_MS : before[0] + WITHIN_MS - now;
  planned = setTimeout(() => {
    sessionStorage.setItem(KEY, JSON.stringify([...before, Date.now()].slice(-MOST)));
    location.reload();
  }, waits);
}

/** @returns {number[]} times of reloads, oldest first */
function reloads() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(Number.isFinite) : [];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
}

addEventListener("error", loadAgain);
addEventListener("unhandledrejection", loadAgain);

const canvas = document.querySelector("canvas");
let lost = 0;
canvas?.addEventListener("contextlost", () => {
  lost = setTimeout(loadAgain, CANVAS_MS);
});
canvas?.addEventListener("contextrestored", () => clearTimeout(lost));
