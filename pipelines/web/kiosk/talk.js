/**
 * The button that is held to talk. A short press keeps it on until the next one.
 *
 * @module talk
 */

/** A press that is shorter, in milliseconds, was no holding. */
const TAP_MS = 350;

export class TalkButton {
  #button;
  #change;
  #begunMs = 0;
  /** Whether the press under way is the one that began the talking. */
  #beginning = false;

  /** Whether the visitor talks. */
  on = false;

  /**
   * @param {HTMLButtonElement} button
   * @param {(on: boolean) => void} change is told when the visitor begins and ends
   */
  constructor(button, change) {
    this.#button = button;
    this.#change = change;
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      this.#press();
    });
    button.addEventListener("pointerup", () => this.#release());
    button.addEventListener("pointercancel", () => this.#release());
    button.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) this.#press();
    });
    button.addEventListener("keyup", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      this.#release();
    });
    button.addEventListener("click", (event) => {
      // Assistive technology clicks without a pointer or a key.
      if (event.detail === 0) this.#become(!this.on);
    });
    button.addEventListener("blur", () => this.stop());
  }

  /** The visitor has finished, whatever is pressed. */
  stop() {
    this.#become(false);
  }

  #press() {
    this.#beginning = !this.on;
    this.#begunMs = performance.now();
    this.#become(true);
  }

  #release() {
    const held = performance.now() - this.#begunMs >= TAP_MS;
    if (held || !this.#beginning) this.#become(false);
  }

  /** @param {boolean} on */
  #become(on) {
    if (this.on === on) return;
    this.on = on;
    this.#button.setAttribute("aria-pressed", String(on));
    this.#change(on);
  }
}
