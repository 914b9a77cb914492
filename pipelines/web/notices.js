/**
 * "What it notices": the reactions that were observed, and the session's figures.
 *
 * @module notices
 */

const MOST_LISTED = 4;

/** @type {Record<string, string>} */
const KINDS = {
  nod: "Nod",
  shake: "Shake of the head",
  tilt: "Tilt of the head",
  smile: "Smile",
  laugh: "Laugh",
  brow: "Raised brows",
  frown: "Frown",
  gaze: "Glance",
  backchannel: "“Mm-hm”",
};

/** @type {Record<string, string>} */
const CAUSES = {
  user_speech: "your words",
  user_pause: "your pause",
  user_smile: "your smile",
  user_laugh: "your laugh",
  user_nod: "your nod",
};

/** Name of a figure, what it is called, its unit, and digits behind the point. */
const FIGURES = /** @type {const} */ ([
  ["reaction_ms", "Reacts to a cue after", "ms", 0],
  ["response_ms", "Answers after", "ms", 0],
  ["barge_in_ms", "Falls silent when cut off after", "ms", 0],
  ["av_skew_ms", "Lips and sound apart", "ms", 0],
  ["fps", "Pictures a second, drawn here", "", 0],
  ["late", "Pictures late", "%", 1],
]);

/**
 * A reaction in words: ["Nod", "240 ms after your pause"].
 *
 * @param {{kind: string, cause: string, latency_ms?: number | null}} reaction
 * @returns {[string, string]}
 */
export function describe({ kind, cause, latency_ms: latency }) {
  const what = KINDS[kind] ?? kind;
  const why = CAUSES[cause];
  if (why === undefined) return [what, ""];
  const when = latency === undefined || latency === null ? "after" : `${Math.round(latency)} ms after`;
  return [what, `${when} ${why}`];
}

/**
 * @param {number} value
 * @param {number} digits
 */
function numeral(value, digits) {
  return value.toFixed(digits).replace(/^-(0\.?0*$)/, "$1").replace("-", "−");
}

export class Notices {
  #list;
  #hint;
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} hint shown as long as the list is empty
   * @param {HTMLElement} figures
   */
  constructor(list, hint, figures) {
    this.#list = list;
    this.#hint = hint;
    for (const [name, title] of FIGURES) figures.append(this.#figure(name, title));
  }

  /** @param {{kind: string, cause: string, latency_ms?: number | null}} reaction */
  add(reaction) {
    const [what, when] = describe(reaction);
    const item = document.createElement("li");
    const strong = document.createElement("strong");
    const rest = document.createElement("span");
    strong.textContent = what;
    rest.textContent = when;
    item.append(strong, rest);
    this.#list.prepend(item);
    while (this.#list.childElementCount > MOST_LISTED) this.#list.lastElementChild?.remove();
    this.#hint.hidden = true;
  }

  /**
   * Figures that are missing stay as they were.
   *
   * @param {Record<string, number | null | undefined>} metrics
   */
  measure(metrics) {
    for (const [name, , unit, digits] of FIGURES) {
      const value = metrics[name];
      if (value === undefined || value === null) continue;
      const shown = document.createElement("small");
      shown.textContent = unit;
      this.#values.get(name)?.replaceChildren(numeral(value, digits), ...(unit ? [shown] : []));
    }
  }

  clear() {
    this.#list.replaceChildren();
    this.#hint.hidden = false;
  }

  /**
   * @param {string} name
   * @param {string} title
   */
  #figure(name, title) {
    const group = document.createElement("div");
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    term.textContent = title;
    value.textContent = "–";
    this.#values.set(name, value);
    group.append(term, value);
    return group;
  }
}
