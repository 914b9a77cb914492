/**
 * How a visitor wants to see, hear and be heard. Everything returns to the house's way after them.
 *
 * @module choices
 */

export class Choices {
  #element;
  #wording;
  #client;
  /** Whether the house lets visitors talk by a button only. */
  #house = false;
  /** How the avatar listens unless somebody wants it calm. */
  #reactions = "lively";
  #muted = false;
  #calm = false;
  #told = false;
  /** How loud the house is at most, 0 to 1. */
  #loudest = 1;
  /** Is called when a choice was made. */
  onchange = () => {};

  /**
   * @param {(id: string) => any} element
   * @param {import("./wording.js").Wording} wording
   * @param {import("../../sdk/client.js").VisavisClient} client
   */
  constructor(element, wording, client) {
    this.#element = element;
    this.#wording = wording;
    this.#client = client;
    element("settings").addEventListener("click", () => element("settings-dialog").showModal());
    element("settings-close").addEventListener("click", () => element("settings-dialog").close());
    element("choices").addEventListener("input", () => this.#apply());
    element("mute").addEventListener("click", () => {
      this.#muted = !this.#muted;
      this.#apply();
    });
    client.on("session.created", ({ session }) => {
      this.#reactions = session.avatar?.reactions ?? "lively";
    });
    client.on("conversation", ({ resumed }) => {
      if (!resumed) this.#calm = this.#told = false;
    });
    client.on("connection", () => this.#tell());
  }

  /** @param {{push_to_talk: boolean}} screen */
  house({ push_to_talk: byButton }) {
    this.#house = byButton;
    this.forget();
  }

  /** Whether the visitor talks by a button. */
  get byButton() {
    return this.#on("button");
  }

  /** Whether nothing should move that need not. */
  get still() {
    return this.#on("still");
  }

  /** @param {number} volume of the house, 0 to 1 */
  loudness(volume) {
    this.#loudest = volume;
    this.#apply();
  }

  /** Nobody has chosen anything. */
  forget() {
    this.#muted = false;
    this.#element("volume").value = "100";
    for (const size of this.#sizes()) size.checked = size.value === "1";
    for (const [name, on] of Object.entries(this.#usual())) this.#box(name).checked = on;
    if (this.#element("settings-dialog").open) this.#element("settings-dialog").close();
    this.#apply();
  }

  /** The page has another language. */
  render() {
    this.#element("mute-text").textContent = this.#wording.of(this.#muted ? "sound" : "silence");
    this.#element("mute").classList.toggle("off", this.#muted);
  }

  #usual() {
    return {
      captions: true,
      contrast: matchMedia("(prefers-contrast: more)").matches,
      still: matchMedia("(prefers-reduced-motion: reduce)").matches,
      button: this.#house,
    };
  }

  #apply() {
    const { dataset } = document.documentElement;
    dataset.size = this.#sizes().find(({ checked }) => checked)?.value ?? "1";
    dataset.contrast = this.#on("contrast") ? "more" : "usual";
    dataset.motion = this.still ? "less" : "usual";
    this.#element("captions").hidden = !this.#on("captions");
    this.#element("talk").hidden = !this.byButton;
    const wanted = (this.#loudest * Number(this.#element("volume").value)) / 100;
    this.#client.player.volume = this.#muted ? 0 : wanted;
    this.#tell();
    this.render();
    this.onchange();
  }

  /** Tell the server what it has to do with. */
  #tell() {
    if (this.#client.state !== "connected") return;
    if (this.#calm !== this.still) {
      this.#calm = this.still;
      const calm = { reactions: "composed", intensity: 0 };
      const usual = { reactions: this.#reactions };
      this.#client.updateConfig(/** @type {any} */ (this.#calm ? calm : usual));
    }
    if (this.#told !== this.byButton) {
      this.#told = this.byButton;
      this.#client.pushToTalk(this.#told);
    }
  }

  /** @returns {HTMLInputElement[]} */
  #sizes() {
    return [...this.#element("choices").querySelectorAll('input[name="size"]')];
  }

  /** @param {string} name */
  #on(name) {
    return this.#box(name).checked;
  }

  /**
   * @param {string} name
   * @returns {HTMLInputElement}
   */
  #box(name) {
    return this.#element(`choice-${name}`);
  }
}
