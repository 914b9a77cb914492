/**
 * The page in the language of its visitor.
 *
 * @module wording
 */

import { TEXTS } from "./texts.js";

/** @typedef {import("./texts.js").Text} Text */

export class Wording {
  #texts = TEXTS.en;

  /** The code of the language that is shown. */
  language = "en";

  /**
   * Show everything in a language; English stands in for one that the page does not know.
   *
   * @param {string} code
   */
  use(code) {
    this.#texts = TEXTS[code] ?? TEXTS.en;
    this.language = code;
    document.documentElement.lang = code in TEXTS ? code : "en";
    for (const place of document.querySelectorAll("[data-text]")) {
      place.textContent = this.of(dataOf(place, "text"));
    }
    for (const place of document.querySelectorAll("[data-label]")) {
      place.setAttribute("aria-label", this.of(dataOf(place, "label")));
    }
    for (const place of document.querySelectorAll("[data-placeholder]")) {
      place.setAttribute("placeholder", this.of(dataOf(place, "placeholder")));
    }
  }

  /** @param {Text} name */
  of(name) {
    return this.#texts[name];
  }
}

/**
 * @param {Element} place
 * @param {string} name
 */
function dataOf(place, name) {
  return /** @type {Text} */ (place.getAttribute(`data-${name}`));
}
