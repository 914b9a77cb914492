/**
 * What a visitor can do: start, write, stop, and switch the microphone, camera and listening.
 *
 * @module controls
 */

import { Problem } from "../sdk/errors.js";

/** @type {Record<string, string>} */
const HINTS = {
  off: "Looks at you and waits.",
  composed: "Nods at your pauses; calm, as at a reception.",
  lively: "Nods, smiles back and laughs along.",
};

/** A level of speech, as root mean square, at which the meter is full. */
const FULL_LEVEL = 0.12;

/**
 * @typedef {object} Conversation
 * @property {import("../sdk/session.js").Session} session
 * @property {import("../sdk/player.js").Player} player
 * @property {import("../sdk/microphone.js").Microphone} microphone
 * @property {import("../sdk/camera.js").Camera} camera
 * @property {import("./captions.js").Captions} captions
 * @property {import("./status.js").Status} status
 */

export class Controls {
  #element;
  #with;
  #connected = false;
  #level = "";
  /** @type {string | null} chosen by the visitor, to be kept when the connection is renewed */
  #reactions = null;

  /**
   * @param {(id: string) => any} element
   * @param {Conversation} conversation
   */
  constructor(element, conversation) {
    this.#element = element;
    this.#with = conversation;
    const { microphone, camera } = conversation;
    element("start").addEventListener("click", () => void this.#start());
    element("microphone").addEventListener("click", () => void this.#toggle(microphone));
    element("camera").addEventListener("click", () => void this.#toggle(camera));
    element("stop").addEventListener("click", () => this.#stop());
    element("composer").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#write();
    });
    element("text").addEventListener("input", () => this.#show());
    element("reactions").addEventListener("change", (/** @type {Event} */ event) => {
      this.#react(/** @type {HTMLInputElement} */ (event.target).value);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !element("stop").disabled) this.#stop();
    });
    for (const device of [microphone, camera]) {
      device.addEventListener("ended", () => this.#show());
    }
    requestAnimationFrame(this.#meter);
    this.#show();
  }

  /** @param {boolean} connected */
  connected(connected) {
    this.#connected = connected;
    if (!connected) this.busy(false);
    if (connected && this.#reactions !== null) this.#react(this.#reactions);
    this.#show();
  }

  /** @param {{reactions?: string}} facts */
  introduce({ reactions }) {
    if (this.#reactions === null && reactions !== undefined) this.#mark(reactions);
  }

  /** @param {boolean} busy whether there is something to cut off */
  busy(busy) {
    this.#element("stop").disabled = !busy;
  }

  async #start() {
    this.#element("welcome").hidden = true;
    this.#element("microphone").focus({ preventScroll: true });
    await this.#toggle(this.#with.microphone);
  }

  /** @param {{on: boolean, start(): Promise<void>, stop(): void}} device */
  async #toggle(device) {
    this.#element("welcome").hidden = true;
    await this.#attempt(this.#with.player.enableSound());
    if (device.on) device.stop();
    else await this.#attempt(device.start());
    this.#show();
  }

  /** @param {Promise<void>} deed whose failure the visitor is told of */
  async #attempt(deed) {
    try {
      await deed;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#with.status.problem(error);
    }
  }

  async #write() {
    const field = this.#element("text");
    const text = field.value.trim();
    if (text === "" || !this.#connected) return;
    field.value = "";
    this.#element("welcome").hidden = true;
    this.#show();
    await this.#attempt(this.#with.player.enableSound());
    this.#with.captions.written(text);
    this.#with.session.sendText(text);
  }

  #stop() {
    this.#with.session.interrupt();
  }

  /** @param {string} reactions */
  #react(reactions) {
    this.#reactions = reactions;
    this.#mark(reactions);
    this.#with.session.configure({ reactions: /** @type {any} */ (reactions) });
  }

  /** @param {string} reactions */
  #mark(reactions) {
    for (const input of this.#element("reactions").querySelectorAll("input")) {
      input.checked = input.value === reactions;
    }
    this.#element("reactions-hint").textContent = HINTS[reactions] ?? "";
  }

  #show() {
    const { microphone, camera } = this.#with;
    this.#press("microphone", microphone.on);
    this.#press("camera", camera.on);
    this.#with.status.hear(microphone.on);
    this.#element("preview").hidden = !camera.on;
    this.#element("camera-note").hidden = !camera.on;
    this.#element("start").disabled = !this.#connected;
    this.#element("send").disabled = !this.#connected || this.#element("text").value.trim() === "";
  }

  /**
   * @param {string} id
   * @param {boolean} on
   */
  #press(id, on) {
    this.#element(id).setAttribute("aria-pressed", String(on));
    this.#element(id).title = `Turn ${id} ${on ? "off" : "on"}`;
  }

  #meter = () => {
    requestAnimationFrame(this.#meter);
    const level = Math.min(1, this.#with.microphone.level / FULL_LEVEL).toFixed(1);
    if (level === this.#level) return;
    this.#level = level;
    this.#element("level").value = Number(level);
    this.#element("microphone").style.setProperty("--level", level);
    this.#element("frame").style.setProperty("--voice", level);
  };
}
