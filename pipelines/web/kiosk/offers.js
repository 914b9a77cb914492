/**
 * What a visitor can press and write: questions, languages, and a text of their own.
 *
 * @module offers
 */

/** Questions that are shown while the visitor can speak; all of them otherwise. */
const FEW = 4;

/**
 * @typedef {object} Deeds
 * @property {(text: string) => void} ask
 * @property {(code: string) => void} choose a language
 */

export class Offers {
  #element;
  #wording;
  #visit;
  #deeds;
  /** Whether the visitor was not understood and is shown other ways. */
  #stuck = false;

  /**
   * @param {(id: string) => any} element
   * @param {import("./wording.js").Wording} wording
   * @param {import("./visit.js").Visit} visit
   * @param {Deeds} deeds
   */
  constructor(element, wording, visit, deeds) {
    this.#element = element;
    this.#wording = wording;
    this.#visit = visit;
    this.#deeds = deeds;
    element("composer").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#write();
    });
    element("text").addEventListener("input", () => this.#mayWrite());
  }

  /** The visitor was not understood several times. */
  stuck() {
    this.#stuck = true;
    this.render();
  }

  /** They have found a way. */
  moving() {
    if (!this.#stuck) return;
    this.#stuck = false;
    this.render();
  }

  /** Nobody wrote or chose anything. */
  forget() {
    this.#stuck = false;
    this.#element("composer").reset();
    this.#mayWrite();
    this.render();
  }

  /** @param {import("./visit.js").Language[]} languages of the house */
  house(languages) {
    const place = this.#element("languages");
    place.replaceChildren(
      ...languages.map(({ code, name }) => {
        const button = buttonOf(name, () => this.#choose(code));
        button.className = "language";
        button.lang = code;
        button.dataset.code = code;
        return button;
      }),
    );
    place.hidden = languages.length < 2;
  }

  /** Show what can be pressed now. */
  render() {
    const { language, hears, going } = this.#visit;
    const other = going && (this.#stuck || !hears);
    document.body.toggleAttribute("data-other-ways", other);
    for (const button of this.#element("languages").children) {
      button.setAttribute("aria-pressed", String(button.dataset.code === language.code));
    }
    this.#advise(going);
    const questions = going ? language.suggestions.slice(0, other ? undefined : FEW) : [];
    this.#offer(questions);
  }

  /** @param {boolean} going */
  #advise(going) {
    const { language } = this.#visit;
    let text = "";
    if (going && this.#stuck) text = this.#wording.of("choose");
    else if (going && !language.ears) text = this.#wording.of("noEars");
    if (this.#element("advice").textContent !== text) this.#element("advice").textContent = text;
  }

  /** @param {string[]} questions */
  #offer(questions) {
    const place = this.#element("questions");
    const shown = [...place.children].map(({ textContent }) => textContent);
    place.hidden = questions.length === 0;
    if (shown.join("\n") === questions.join("\n")) return;
    place.replaceChildren(
      ...questions.map((text) => {
        const item = document.createElement("li");
        item.append(buttonOf(text, () => this.#ask(text)));
        return item;
      }),
    );
  }

  #write() {
    const text = this.#element("text").value.trim();
    this.#element("composer").reset();
    this.#mayWrite();
    if (text !== "") this.#ask(text);
  }

  /** @param {string} text */
  #ask(text) {
    this.moving();
    this.#deeds.ask(text);
  }

  /** @param {string} code */
  #choose(code) {
    this.moving();
    this.#deeds.choose(code);
  }

  #mayWrite() {
    this.#element("send").disabled = this.#element("text").value.trim() === "";
  }
}

/**
 * @param {string} text
 * @param {() => void} press
 */
function buttonOf(text, press) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", press);
  return button;
}
