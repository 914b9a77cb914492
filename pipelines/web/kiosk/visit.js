/**
 * Where a visit stands, on the screen: its state, its language, and what does not work.
 *
 * @module visit
 */

/** Milliseconds that a phrase stays while nobody is there. */
const PHRASE_MS = 7000;

/** From this rung of load on there is text and nothing else. */
const TEXT_ONLY = 5;

/** What is said of a fault, the gravest first; `load` is told from this rung on. */
const FAULTS = /** @type {const} */ (["answers", "microphone", "ears", "voice", "camera", "load"]);

/**
 * @typedef {{code: string, name: string, ears: boolean, disclosure: string, attract: string[],
 *   suggestions: string[]}} Language
 * @typedef {{name: string, colour: string, logo?: string | null, background?: string | null,
 *   languages: Language[], layout: string, push_to_talk: boolean, camera: boolean,
 *   can_call: boolean}} Screen
 * @typedef {{state: string, language: string, faults?: string[], rung?: number,
 *   quiet?: boolean}} KioskState
 */

export class Visit {
  #element;
  #wording;
  #devices;
  /** @type {Screen} */
  #screen;
  #phrase = 0;
  #still = () => false;
  /** What the avatar does. */
  #doing = "";
  /** @type {KioskState} */
  #now;

  /**
   * @param {(id: string) => any} element
   * @param {import("./wording.js").Wording} wording
   * @param {import("./devices.js").Devices} devices
   * @param {Screen} screen
   */
  constructor(element, wording, devices, screen) {
    this.#element = element;
    this.#wording = wording;
    this.#devices = devices;
    this.#screen = screen;
    this.#now = { state: "attract", language: screen.languages[0].code };
    devices.addEventListener("change", () => this.render());
    setInterval(() => this.#nextPhrase(), PHRASE_MS);
  }

  get state() {
    return this.#now.state;
  }

  /** @returns {Language} that of the visit, or of the house */
  get language() {
    const { languages } = this.#screen;
    return languages.find(({ code }) => code === this.#now.language) ?? languages[0];
  }

  /** Whether somebody is there who can ask. */
  get going() {
    return ["noticed", "greeting", "conversing"].includes(this.state);
  }

  /** Whether the words of the visitor are understood when they are spoken. */
  get hears() {
    const deaf = this.#faults().some((fault) => fault === "microphone" || fault === "ears");
    return this.language.ears && !deaf;
  }

  /** Whether there is no picture and perhaps no sound that captions could wait for. */
  get textOnly() {
    return (this.#now.rung ?? 0) >= TEXT_ONLY;
  }

  /** @param {() => boolean} still whether nothing may move by itself */
  stillWhen(still) {
    this.#still = still;
  }

  /** @param {Screen} screen what the house says anew */
  house(screen) {
    this.#screen = screen;
  }

  /** @param {KioskState} now */
  show(now) {
    if (now.state !== this.state) this.#phrase = 0;
    this.#now = now;
    this.render();
  }

  /** @param {string} state of the avatar */
  doing(state) {
    this.#doing = state;
    this.#showDoing();
  }

  /** Show everything again: something that it depends on has changed. */
  render() {
    const { state, rung = 0, quiet = false } = this.#now;
    const { body } = document;
    body.dataset.state = state;
    body.dataset.rung = String(rung);
    body.toggleAttribute("data-quiet", quiet && !this.going);
    this.#element("disclosure").textContent = this.language.disclosure;
    this.#element("begin").hidden = state !== "attract";
    this.#element("begin-text").textContent = this.#wording.of(this.#invitation());
    this.#showPhrase();
    this.#showDoing();
    this.#showFaults();
  }

  /** @returns {"touch" | "touchToBegin" | "touchOrSpeak"} */
  #invitation() {
    if (this.#devices.soundWaits) return "touchToBegin";
    return this.hears && !this.#now.quiet && !this.#screen.push_to_talk ? "touchOrSpeak" : "touch";
  }

  #nextPhrase() {
    if (this.state !== "attract" || this.#still()) return;
    this.#phrase += 1;
    this.#showPhrase();
  }

  #showPhrase() {
    const phrase = this.#element("phrase");
    const text = this.#phraseNow();
    if (phrase.textContent === text) return;
    phrase.textContent = text;
    // Begins the animation anew.
    phrase.style.animation = "none";
    void phrase.offsetWidth;
    phrase.style.removeProperty("animation");
  }

  /** Never empty: it is the page's heading, seen or unseen. */
  #phraseNow() {
    if (this.state === "farewell") return this.#wording.of("farewell");
    if (this.state === "reset") return this.#wording.of("reset");
    const { attract } = this.language;
    if (this.state !== "attract" || attract.length === 0) return this.#screen.name;
    return attract[this.#phrase % attract.length];
  }

  #showDoing() {
    const shown = this.#doing === "listening" && !this.hears ? "idle" : this.#doing;
    this.#element("stage").dataset.doing = shown;
    const known = ["initializing", "idle", "listening", "thinking", "speaking"].includes(shown);
    const text = /** @type {import("./texts.js").Text} */ (shown);
    this.#element("doing").textContent = known ? this.#wording.of(text) : "";
  }

  #showFaults() {
    const wanted = this.#faults().map((fault) => this.#wording.of(fault));
    const place = this.#element("faults");
    const shown = [...place.children].map(({ textContent }) => textContent);
    if (wanted.join("\n") === shown.join("\n")) return;
    place.replaceChildren(
      ...wanted.map((text) => {
        const line = document.createElement("p");
        line.textContent = text;
        return line;
      }),
    );
  }

  /** What the server says does not work, and what this side sees for itself. */
  #faults() {
    const known = new Set([...(this.#now.faults ?? []), ...this.#devices.broken]);
    if (known.has("microphone")) known.delete("ears");
    return FAULTS.filter((fault) => known.has(fault));
  }
}
