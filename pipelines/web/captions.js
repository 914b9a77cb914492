/**
 * The words of both sides: the newest sentence of each to see, and whole ones for screen readers.
 *
 * @module captions
 */

/** Whole utterances that a screen reader can still walk through. */
const MOST_SPOKEN = 40;

export class Captions {
  #player;
  #user;
  #assistant;
  #log;
  #said = "";
  #finished = true;
  /** Whether the avatar was cut off and has not finished that sentence for good. */
  #cut = false;
  /** Words that were announced before this number belong to a turn that was cut off. */
  #flushes = 0;
  #name = "Avatar";
  #you = "You";

  /**
   * @param {Pick<import("../sdk/player.js").Player, "at">} player
   * @param {{user: HTMLElement, assistant: HTMLElement, log: HTMLElement}} places
   */
  constructor(player, { user, assistant, log }) {
    this.#player = player;
    this.#user = user;
    this.#assistant = assistant;
    this.#log = log;
  }

  /**
   * @param {string} name of the avatar
   * @param {string} [you] how the user is called
   */
  introduce(name, you = "You") {
    this.#name = name;
    this.#you = you;
  }

  /** @param {import("../sdk/session.js").Session} session */
  follow(session) {
    session.on("caption.delta", (event) => {
      if (event.role === "user") this.#showUser(event.text, true);
      else this.#plan(event.start_us, () => this.#add(event.text));
    });
    session.on("caption.done", (event) => {
      if (event.role === "user") this.#hear(event.text);
      else if (this.#cut) this.#finish(event.text);
      else this.#plan(event.end_us, () => this.#finish(event.text));
    });
    session.on("avatar.flush", () => {
      this.#flushes += 1;
      if (this.#finished) return;
      this.#cut = true;
      this.#show(`${this.#said.trimEnd()} —`);
    });
  }

  /**
   * The user is writing this to the avatar; the server confirms it.
   *
   * @param {string} text
   */
  written(text) {
    this.#showUser(text, false);
  }

  /** @param {string} text all that the user said or wrote in one go */
  #hear(text) {
    if (text.trim() === "") return;
    this.#showUser(text, false);
    this.#speak(this.#you, text);
  }

  /** Nothing was said yet. */
  clear() {
    this.#flushes += 1;
    this.#said = "";
    this.#finished = true;
    this.#cut = false;
    this.#user.replaceChildren();
    this.#assistant.replaceChildren();
  }

  /** Nothing was ever said. */
  forget() {
    this.clear();
    this.#log.replaceChildren();
  }

  /**
   * @param {number} mediaTimeUs
   * @param {() => void} show
   */
  #plan(mediaTimeUs, show) {
    const flushes = this.#flushes;
    this.#player.at(mediaTimeUs, () => {
      if (flushes === this.#flushes) show();
    });
  }

  /** @param {string} words */
  #add(words) {
    if (this.#finished || this.#cut) this.#said = "";
    this.#finished = false;
    this.#cut = false;
    const glued = this.#said === "" || /\s$/.test(this.#said) || /^[\s.,;:!?…]/.test(words);
    this.#said += glued ? words : ` ${words}`;
    this.#show(this.#said);
  }

  /** @param {string} text all that was said in one go */
  #finish(text) {
    const said = this.#cut ? `${text.trimEnd()} —` : text;
    this.#finished = true;
    this.#cut = false;
    if (text.trim() === "") return;
    this.#show(said);
    this.#speak(this.#name, said);
  }

  /** @param {string} text */
  #show(text) {
    put(this.#assistant, "", text);
  }

  /**
   * @param {string} text
   * @param {boolean} partial
   */
  #showUser(text, partial) {
    this.#user.classList.toggle("partial", partial);
    put(this.#user, `${this.#you}: `, text);
  }

  /**
   * @param {string} who
   * @param {string} text
   */
  #speak(who, text) {
    const line = document.createElement("p");
    line.textContent = `${who}: ${text}`;
    this.#log.append(line);
    while (this.#log.childElementCount > MOST_SPOKEN) this.#log.firstElementChild?.remove();
  }
}

/**
 * The end of a long text stays in sight: the block inside is cut off at its top.
 *
 * @param {HTMLElement} place
 * @param {string} label
 * @param {string} text
 */
function put(place, label, text) {
  const line = document.createElement("span");
  if (label !== "") {
    const before = document.createElement("span");
    before.className = "label";
    before.textContent = label;
    line.append(before);
  }
  line.append(text);
  place.replaceChildren(line);
}
