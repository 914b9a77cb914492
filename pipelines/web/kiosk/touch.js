/**
 * Somebody touches the screen or a key: told at most once a second, and never held up.
 *
 * @module touch
 */

const EVERY_MS = 1000;

/** @param {() => void} tell */
export function followTouch(tell) {
  let toldMs = -Infinity;
  const touched = () => {
    const nowMs = performance.now();
    if (nowMs - toldMs < EVERY_MS) return;
    toldMs = nowMs;
    tell();
  };
  addEventListener("pointerdown", touched, { capture: true });
  addEventListener("keydown", touched, { capture: true });
  // A finger that rests on the screen opens no menu and drags nothing away.
  addEventListener("contextmenu", (event) => event.preventDefault());
  addEventListener("dragstart", (event) => event.preventDefault());
}
