/**
 * What is shown while the server cannot be reached: a calm word, and nothing to press.
 *
 * @module away
 */

/** Milliseconds of a loss that nobody is told of. */
const UNNOTICED_MS = 700;

/** Milliseconds after which whoever was there is taken to have left. */
const LEFT_MS = 30_000;

/** Milliseconds after which a screen that was refused tries again from the beginning. */
const REFUSED_MS = 60_000;

export class Away {
  #element;
  #wording;
  #timers = [0, 0];
  /** @type {"" | "away" | "refused"} */
  #why = "";
  /** Is called when nobody can be waiting any more. */
  onleft = () => {};

  /**
   * @param {(id: string) => any} element
   * @param {import("./wording.js").Wording} wording
   */
  constructor(element, wording) {
    this.#element = element;
    this.#wording = wording;
  }

  /** @param {string} state of the connection */
  connection(state) {
    if (state === "connected") this.#back();
    else if (state === "refused") this.#refused();
    else this.lost();
  }

  /** Nobody answers. */
  lost() {
    if (this.#timers[0] !== 0) return;
    this.#timers = [
      setTimeout(() => this.#show("away"), UNNOTICED_MS),
      setTimeout(() => this.onleft(), LEFT_MS),
    ];
  }

  /** The page has another language. */
  render() {
    const away = this.#why !== "refused";
    this.#element("away-title").textContent = this.#wording.of(away ? "away" : "refused");
    this.#element("away-text").textContent = this.#wording.of(away ? "awayText" : "refusedText");
  }

  #refused() {
    this.#back();
    this.#show("refused");
    this.#timers = [setTimeout(() => location.reload(), REFUSED_MS), 0];
  }

  #back() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [0, 0];
    this.#why = "";
    this.#element("away").hidden = true;
    this.#element("main").inert = false;
  }

  /** @param {"away" | "refused"} why */
  #show(why) {
    this.#why = why;
    this.render();
    this.#element("away").hidden = false;
    this.#element("main").inert = true;
    for (const dialog of document.querySelectorAll("dialog[open]")) {
      /** @type {HTMLDialogElement} */ (dialog).close();
    }
  }
}
