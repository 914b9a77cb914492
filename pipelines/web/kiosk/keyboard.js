/**
 * Letters on the screen, for whoever writes without a keyboard.
 *
 * They show when a finger touches the field, and leave the focus in it.
 *
 * @module keyboard
 */

/**
 * Rows of letters by language, as people there know them.
 *
 * @type {Record<string, string[]>}
 */
const ROWS = {
  en: ["1234567890", "qwertyuiop", "asdfghjkl’", "zxcvbnm,.?"],
  de: ["1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm,.?"],
  es: ["1234567890¿", "qwertyuiopá", "asdfghjklñé", "zxcvbnm,.?íóú"],
  fr: ["éèêàâçùîô", "azertyuiop", "qsdfghjklm", "wxcvbn’,.?"],
};

export class Keyboard {
  #place;
  #field;
  #wording;
  #shift = false;

  /**
   * @param {HTMLElement} place
   * @param {HTMLInputElement} field
   * @param {import("./wording.js").Wording} wording
   */
  constructor(place, field, wording) {
    this.#place = place;
    this.#field = field;
    this.#wording = wording;
    field.addEventListener("pointerdown", ({ pointerType }) => {
      field.inputMode = pointerType === "touch" ? "none" : "text";
    });
    // Nothing moves before the finger is lifted, or it would press what comes to lie under it.
    field.addEventListener("click", () => this.#show(field.inputMode === "none"));
    field.form?.addEventListener("submit", () => this.#show(false));
    // A press on a letter takes the focus from nobody.
    place.addEventListener("pointerdown", (event) => event.preventDefault());
    document.addEventListener("click", ({ target }) => {
      const inside = target instanceof Node && (place.contains(target) || field.form?.contains(target));
      if (!inside) this.#show(false);
    });
  }

  /** Nobody writes. */
  forget() {
    this.#field.inputMode = "text";
    this.#show(false);
  }

  /** The page has another language. */
  render() {
    const rows = ROWS[this.#wording.language] ?? ROWS.en;
    const lines = rows.map((letters) => [...letters].map((letter) => this.#letter(letter)));
    lines[3].unshift(this.#key("⇧", "shift", () => this.#turn(), "wide"));
    lines[3].push(this.#key("⌫", "erase", () => this.#erase(), "wide"));
    const last = [
      this.#key("", "space", () => this.#type(" "), "space"),
      this.#key(this.#wording.of("hide"), "hide", () => this.#show(false), "wide"),
    ];
    this.#place.replaceChildren(...[...lines, last].map(rowOf));
  }

  /** @param {boolean} shown */
  #show(shown) {
    this.#place.hidden = !shown;
    document.body.toggleAttribute("data-writing", shown);
    if (this.#shift) this.#turn();
  }

  /** @param {string} letter */
  #letter(letter) {
    const key = this.#key(letter, null, () => {
      this.#type(this.#shift ? letter.toLocaleUpperCase() : letter);
      if (this.#shift) this.#turn();
    });
    key.classList.add("letter");
    return key;
  }

  /**
   * @param {string} shown
   * @param {import("./texts.js").Text | null} name for those who do not see it
   * @param {() => void} press
   * @param {string} [width]
   */
  #key(shown, name, press, width = "usual") {
    const key = document.createElement("button");
    key.type = "button";
    key.tabIndex = -1;
    key.className = `key ${width}`;
    key.textContent = shown;
    if (name !== null) key.setAttribute("aria-label", this.#wording.of(name));
    key.addEventListener("click", press);
    return key;
  }

  #turn() {
    this.#shift = !this.#shift;
    this.#place.classList.toggle("shift", this.#shift);
  }

  /** @param {string} text in place of what is selected */
  #type(text) {
    const { selectionStart, selectionEnd, value, maxLength } = this.#field;
    const [from, to] = [selectionStart ?? value.length, selectionEnd ?? value.length];
    if (value.length - (to - from) + text.length > maxLength) return;
    this.#put(text, from, to);
  }

  #erase() {
    const { selectionStart, selectionEnd, value } = this.#field;
    const to = selectionEnd ?? value.length;
    const from = selectionStart === to ? Math.max(0, to - 1) : (selectionStart ?? to);
    this.#put("", from, to);
  }

  /**
   * @param {string} text
   * @param {number} from
   * @param {number} to
   */
  #put(text, from, to) {
    this.#field.setRangeText(text, from, to, "end");
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** @param {HTMLElement[]} keys */
function rowOf(keys) {
  const row = document.createElement("div");
  row.className = "row";
  row.append(...keys);
  return row;
}
