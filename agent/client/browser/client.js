/**
 * A conversation with an avatar in a page, in one object.
 *
 *     const client = new VisavisClient({ url: "/v1/realtime", canvas });
 *     client.on("caption.done", ({ role, text }) => console.log(role, text));
 *     await client.connect();                               // the head looks at you
 *     button.onclick = () => client.setMicrophone(true);    // sound needs a gesture
 *
 * Its parts (`session`, `player`, `microphone`, `camera`) are there for pages that want more.
 *
 * @module client
 */

import { Camera } from "./camera.js";
import { decodable } from "./decoding.js";
import { Problem } from "./errors.js";
import { Kind } from "./media.js";
import { Microphone } from "./microphone.js";
import { motionOf } from "./morphs.js";
import { Player } from "./player.js";
import { Session } from "./session.js";

/**
 * @typedef {object} ClientOptions
 * @property {string | URL} [url] of `/v1/realtime`; without one, that of the page's own server
 * @property {string} [token]
 * @property {HTMLCanvasElement} canvas shows the head
 * @property {HTMLVideoElement} [preview] shows what the camera sees
 * @property {(Omit<import("./opening.js").VideoOptions, "codec"> &
 *   {codec?: "jpeg" | "h264" | "vp8" | "auto"}) | null} [video] `auto` takes
 *   the codec with the fewest bits that the browser decodes; JPEG costs both sides the least work
 * @property {boolean} [motion]
 * @property {string} [instructions] to the language model
 */

/**
 * @typedef {"off" | "asking" | "on" | "ended" | "refused"} DeviceState of `device` events
 *   ({device, state, problem})
 * @typedef {"off" | "waiting" | "on"} SoundState of `sound` events: waiting for a gesture
 */

export class VisavisClient {
  #wakeLock = new WakeLock();
  /** @type {Record<string, AbortController>} what ends the waiting for a device */
  #waiting = {};

  /** @type {Session} */
  session;
  /** @type {Player} */
  player;
  /** @type {Microphone} */
  microphone;
  /** @type {Camera} */
  camera;

  /** @param {ClientOptions} options */
  constructor({ canvas, preview, url = "v1/realtime", video, ...more }) {
    const address = new URL(url, document.baseURI);
    const automatic = video?.codec === "auto";
    const { codec: _, ...size } = video ?? {};
    const wanted = automatic ? size : /** @type {import("./opening.js").VideoOptions | null | undefined} */ (video);
    this.session = new Session({ url: address, video: wanted, ...more });
    if (automatic) this.session.chooseCodec(decodable);
    this.player = new Player(this.session, canvas);
    const now = () => this.session.mediaTimeUs();
    this.microphone = new Microphone((pcm, timeUs) => this.session.sendSound(pcm, timeUs), now);
    this.camera = new Camera(
      preview ?? document.createElement("video"),
      (jpeg, timeUs) => this.session.sendPicture(jpeg, timeUs),
      now,
    );
    this.#watch("microphone");
    this.#watch("camera");
    this.session.on("connection", ({ state }) => this.#wakeLock.hold(state === "connected"));
  }

  /** How the connection is. */
  get state() {
    return this.session.state;
  }

  /** What is shown and heard, in figures. */
  get stats() {
    return this.player.stats;
  }

  /**
   * Listen to an event: those of the protocol by their type, `connection` ({state, problem}),
   * `conversation` ({resumed}), `device` and `sound`.
   *
   * @param {string} type
   * @param {(detail: any) => void} listener
   * @returns {() => void} stops listening
   */
  on(type, listener) {
    return this.session.on(type, listener);
  }

  /**
   * Connect, and stay connected. Resolves when media begin; rejects with a `Problem` when the server
   * refuses for good.
   *
   * @returns {Promise<void>}
   */
  connect() {
    if (this.state === "connected") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.session.on("connection", ({ state, problem }) => {
        if (state === "connecting" || state === "reconnecting") return;
        stop();
        if (state === "connected") resolve();
        else reject(problem ?? new DOMException("The conversation was ended.", "AbortError"));
      });
      this.session.connect();
    });
  }

  /** End the conversation and let go of the devices. */
  async disconnect() {
    await this.setMicrophone(false);
    await this.setCamera(false);
    this.session.close();
    this.#wakeLock.hold(false);
    await this.player.close();
  }

  /** Let the avatar be heard; call it in answer to a gesture. Rejects with a `Problem`. */
  async enableSound() {
    await this.player.enableSound();
  }

  /**
   * Switch the microphone, and the sound with it. Rejects with a `Problem` that says what to do.
   *
   * @param {boolean} on
   */
  async setMicrophone(on) {
    if (on) await this.enableSound();
    await this.#set("microphone", on);
  }

  /**
   * Switch the camera. Rejects with a `Problem` that says what to do.
   *
   * @param {boolean} on
   */
  async setCamera(on) {
    await this.#set("camera", on);
  }

  /**
   * Write to the avatar, which answers aloud.
   *
   * @param {string} text
   */
  sendText(text) {
    this.session.sendText(text);
  }

  /**
   * Have the avatar say these words.
   *
   * @param {string} text
   * @param {{interrupt?: boolean}} [more]
   */
  say(text, more) {
    this.session.say(text, more);
  }

  /** Cut the avatar off. */
  interrupt() {
    this.session.interrupt();
  }

  /**
   * Change how the avatar behaves; what is left out stays as it is.
   *
   * @param {import("./session.js").AvatarConfig} config
   */
  updateConfig(config) {
    this.session.configure(config);
  }

  /**
   * Do something with the avatar's motion when its moment is seen; needs the option `motion`.
   *
   * @param {(values: Float32Array) => void} listener is given 58 numbers, as `session.created` names
   *   them
   * @returns {() => void} stops listening
   */
  onMotion(listener) {
    return this.session.on("media", ({ kind, mediaTimeUs, payload }) => {
      if (kind !== Kind.AVATAR_MOTION) return;
      this.player.at(mediaTimeUs, () => listener(motionOf(payload)));
    });
  }

  /** From now on the visitor ends their turns with `endTurn` (true), or by a pause (false). */
  pushToTalk(/** @type {boolean} */ on) {
    const detection = on ? null : { type: "semantic_vad" };
    const audio = { input: { turn_detection: detection } };
    this.session.send({ type: "session.update", session: { type: "realtime", audio } });
  }

  /** The visitor has finished: the button is let go. */
  endTurn() {
    this.session.send({ type: "input_audio_buffer.commit" });
  }

  /**
   * @param {"microphone" | "camera"} name
   * @param {boolean} on
   */
  async #set(name, on) {
    const device = this[name];
    this.#waiting[name]?.abort();
    if (!on) {
      device.stop();
      this.#tell(name, "off");
      return;
    }
    this.#tell(name, "asking");
    try {
      await device.start();
      if (device.on) this.#tell(name, "on");
    } catch (error) {
      if (error instanceof Problem) this.#tell(name, "refused", error);
      throw error;
    }
  }

  /**
   * A device that goes away is taken up again when another comes, such as after unplugging.
   *
   * @param {"microphone" | "camera"} name
   */
  #watch(name) {
    this[name].addEventListener("ended", () => {
      this.#tell(name, "ended");
      const { signal } = (this.#waiting[name] = new AbortController());
      navigator.mediaDevices.addEventListener(
        "devicechange",
        () => void this.#set(name, true).catch((error) => this.#ignore(error)),
        { once: true, signal },
      );
    });
  }

  /** @param {unknown} error that the page was told of by an event already */
  #ignore(error) {
    if (!(error instanceof Problem)) throw error;
  }

  /**
   * @param {string} device
   * @param {DeviceState} state
   * @param {Problem | null} [problem]
   */
  #tell(device, state, problem = null) {
    this.session.emit("device", { device, state, problem });
  }
}

/** Keeps the screen on while there is a conversation, where the browser can. */
class WakeLock {
  #wanted = false;
  /** @type {WakeLockSentinel | null} */
  #lock = null;

  constructor() {
    document.addEventListener("visibilitychange", () => void this.#take());
  }

  /** @param {boolean} wanted */
  hold(wanted) {
    this.#wanted = wanted;
    if (wanted) {
      void this.#take();
    } else {
      void this.#lock?.release();
      this.#lock = null;
    }
  }

  async #take() {
    const held = this.#lock !== null && !this.#lock.released;
    if (!this.#wanted || held || document.hidden || !("wakeLock" in navigator)) return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
    } catch (error) {
      // A low battery may refuse it, and the conversation goes on.
      if (!(error instanceof DOMException)) throw error;
    }
  }
}
