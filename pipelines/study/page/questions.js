/**
 * The questions about a pair, by mouse, touch or keys.
 *
 * @module questions
 */

const CHOICES = [
  ["left", "A"],
  ["tie", "About equal"],
  ["right", "B"],
];

export class Questions {
  #place;
  #onChange;
  /** @type {HTMLFieldSetElement[]} */
  #fields = [];

  /**
   * @param {HTMLElement} place
   * @param {() => void} onChange
   */
  constructor(place, onChange) {
    this.#place = place;
    this.#onChange = onChange;
    place.addEventListener("change", () => onChange());
  }

  /** @param {import("./server.js").Question[]} questions */
  show(questions) {
    this.#fields = questions.map(field);
    this.#place.replaceChildren(...this.#fields);
  }

  /** @param {boolean} open whether they can be answered */
  open(open) {
    for (const each of this.#fields) each.disabled = !open;
  }

  clear() {
    for (const input of this.#place.querySelectorAll("input")) input.checked = false;
  }

  /** Whether all are answered. */
  get complete() {
    return this.#fields.length > 0 && this.#fields.every(answered);
  }

  /** @returns {Record<string, string>} */
  get choices() {
    return Object.fromEntries(this.#fields.map((each) => [each.name, chosen(each)?.value ?? ""]));
  }

  /**
   * Answer the question with the focus, or the first open one, and go on to the next.
   *
   * @param {number} index of the choice
   * @returns {HTMLElement | null} what should have the focus then
   */
  choose(index) {
    const focused = this.#fields.findIndex((each) => each.contains(document.activeElement));
    const open = this.#fields.findIndex((each) => !answered(each));
    const at = focused >= 0 ? focused : open;
    const asked = this.#fields[at];
    if (asked === undefined || asked.disabled) return null;
    const input = asked.querySelectorAll("input")[index];
    if (input === undefined) return null;
    input.checked = true;
    this.#onChange();
    return this.#fields[at + 1]?.querySelector("input") ?? null;
  }
}

/** @param {HTMLFieldSetElement} asked */
function chosen(asked) {
  return asked.querySelector("input:checked");
}

/** @param {HTMLFieldSetElement} asked */
function answered(asked) {
  return chosen(asked) !== null;
}

/** @param {import("./server.js").Question} question */
function field({ name, text, hint }) {
  const made = document.createElement("fieldset");
  made.name = name;
  made.className = "question";
  made.disabled = true;
  const legend = document.createElement("legend");
  const words = document.createElement("span");
  const note = document.createElement("small");
  note.textContent = hint;
  words.append(text, note);
  legend.append(words);
  const choices = document.createElement("div");
  choices.className = "switch";
  choices.append(...CHOICES.map(([value, label]) => option(name, value, label)));
  made.append(legend, choices);
  return made;
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} label
 */
function option(name, value, label) {
  const made = document.createElement("label");
  const input = document.createElement("input");
  const words = document.createElement("span");
  Object.assign(input, { type: "radio", name, value });
  words.textContent = label;
  made.append(input, words);
  return made;
}
