/**
 * The connection to a visavis server: events as text frames, media as binary ones.
 *
 * Every event of the server is dispatched under its own type with the event as `detail`; besides,
 * there are `connection` ({state, problem}), `event` (any event of the server) and `media` (a
 * `MediaFrame`).
 *
 *     const session = new Session({ url: new URL("/v1/realtime", location.href) });
 *     session.on("caption.done", ({ role, text }) => console.log(role, text));
 *     session.connect();
 *     session.sendText("When do you open?");
 *
 * @module session
 */

import { refusal, serverGone } from "./errors.js";
import { Kind, decode, encode } from "./media.js";

/** Seconds before each new attempt; the last repeats. */
const BACKOFF_S = [0.5, 1, 2, 4, 8];

/** A connection that has lasted for this long, in milliseconds, has succeeded. */
const SETTLED_MS = 3000;

/** Bytes that may wait to be sent; beyond, media are dropped rather than late. */
const MOST_BUFFERED = 1 << 18;

/** Refusals that no waiting cures. */
const FINAL = new Set(["wrong_token", "origin_refused"]);

/**
 * @typedef {object} SessionOptions
 * @property {URL} url of `/v1/realtime`, http or ws
 * @property {string} [token]
 * @property {{width?: number, height?: number, quality?: number} | null} [video] null: no
 *   pictures; without a size, the avatar’s own
 * @property {string} [instructions] to the language model
 */

/**
 * @typedef {"closed" | "connecting" | "connected" | "reconnecting" | "refused"} ConnectionState
 * @typedef {"off" | "composed" | "lively"} Reactions
 * @typedef {{reactions?: Reactions, intensity?: number, emotion?: string}} AvatarConfig
 * @typedef {{type: string, [field: string]: any}} SessionEvent
 */

export class Session extends EventTarget {
  /** @type {SessionOptions} */
  #options;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  #retry = 0;
  #openedMs = 0;
  #mediaAgreed = false;
  #closing = false;

  /** @type {ConnectionState} */
  state = "closed";

  /** Samples a second of the user's and the avatar's sound. */
  inputRate = 16000;
  outputRate = 24000;

  /** @param {SessionOptions} options */
  constructor(options) {
    super();
    this.#options = options;
  }

  /**
   * Listen to a type of event.
   *
   * @param {string} type
   * @param {(detail: any) => void} listener
   * @returns {() => void} stops listening
   */
  on(type, listener) {
    const handle = (/** @type {Event} */ event) =>
      listener(/** @type {CustomEvent<any>} */ (event).detail);
    this.addEventListener(type, handle);
    return () => this.removeEventListener(type, handle);
  }

  /** Connect, and connect again whenever the connection is lost, until `close`. */
  connect() {
    clearTimeout(this.#retry);
    if (this.#socket !== null) return;
    this.#closing = false;
    this.#become(this.#attempt === 0 ? "connecting" : "reconnecting");
    const protocols = ["realtime"];
    const { token } = this.#options;
    if (token) protocols.push(`openai-insecure-api-key.${token}`);
    const socket = new WebSocket(this.#address("ws"), protocols);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => void this.#lost();
    this.#socket = socket;
  }

  /** End the session. */
  close() {
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#closing = true;
    this.#forget();
    socket?.close(1000);
    this.#become("closed");
  }

  /**
   * Write to the avatar, which answers aloud.
   *
   * @param {string} text
   */
  sendText(text) {
    const content = [{ type: "input_text", text }];
    this.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
    this.send({ type: "response.create" });
  }

  /**
   * Have the avatar say these words.
   *
   * @param {string} text
   * @param {{interrupt?: boolean}} [more]
   */
  say(text, { interrupt = false } = {}) {
    this.send({ type: "avatar.say", text, interrupt });
  }

  /** Cut the avatar off. */
  interrupt() {
    this.send({ type: "response.cancel" });
  }

  /**
   * Change how the avatar behaves; what is left out stays as it is.
   *
   * @param {AvatarConfig} config
   */
  configure(config) {
    this.send({ type: "avatar.config.update", ...config });
  }

  /**
   * Send an event; false when there is no connection.
   *
   * @param {SessionEvent} event
   */
  send(event) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(event));
    return true;
  }

  /**
   * Send the user's sound, PCM16 at `inputRate`.
   *
   * @param {ArrayBuffer} pcm
   * @param {number} mediaTimeUs
   */
  sendSound(pcm, mediaTimeUs) {
    this.#sendMedia(Kind.USER_AUDIO, pcm, mediaTimeUs);
  }

  /**
   * Send a picture of the user, JPEG, not mirrored.
   *
   * @param {ArrayBuffer} jpeg
   * @param {number} mediaTimeUs
   */
  sendPicture(jpeg, mediaTimeUs) {
    this.#sendMedia(Kind.USER_PICTURE, jpeg, mediaTimeUs);
  }

  /** Now, in microseconds, on the clock of what the user sends: 0 at the start of the session. */
  mediaTimeUs() {
    return Math.max(0, Math.round((performance.now() - this.#openedMs) * 1000));
  }

  /**
   * @param {number} kind
   * @param {ArrayBuffer} payload
   * @param {number} mediaTimeUs
   */
  #sendMedia(kind, payload, mediaTimeUs) {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN || !this.#mediaAgreed) return;
    if (socket.bufferedAmount > MOST_BUFFERED) return;
    socket.send(encode(kind, mediaTimeUs, payload));
  }

  /** @param {string | ArrayBuffer} data */
  #receive(data) {
    if (data instanceof ArrayBuffer) {
      const frame = decode(data);
      if (frame !== null) this.#dispatch("media", frame);
      return;
    }
    const event = /** @type {SessionEvent} */ (JSON.parse(data));
    if (event.type === "session.created") this.#negotiate();
    if (event.type === "session.updated") this.#agree(event.session.avatar);
    this.#dispatch(event.type, event);
    this.#dispatch("event", event);
  }

  #negotiate() {
    this.#openedMs = performance.now();
    const { video = { quality: 80 }, instructions } = this.#options;
    const avatar = {
      media: "binary",
      audio: { input_rate: this.inputRate, output_rate: this.outputRate },
      video: video && { codec: "jpeg", ...video },
      motion: false,
      metrics: true,
    };
    this.send({ type: "session.update", session: { type: "realtime", instructions, avatar } });
  }

  /** @param {{media?: string} | undefined} format what is in effect */
  #agree(format) {
    if (format?.media !== "binary") return;
    this.#mediaAgreed = true;
    this.#become("connected");
  }

  async #lost() {
    const lasted = this.state === "connected" && performance.now() - this.#openedMs > SETTLED_MS;
    if (lasted) this.#attempt = 0;
    this.#forget();
    this.#become("reconnecting");
    const problem = await this.#reason();
    if (this.#closing || this.#socket !== null) return;
    if (FINAL.has(problem.code)) {
      this.#become("refused", problem);
      return;
    }
    this.#become("reconnecting", problem);
    const seconds = BACKOFF_S[Math.min(this.#attempt, BACKOFF_S.length - 1)];
    this.#attempt += 1;
    this.#retry = setTimeout(() => this.connect(), seconds * 1000);
  }

  /** A browser hides why an upgrade was refused; the same address tells it without one. */
  async #reason() {
    const { token } = this.#options;
    try {
      const answer = await fetch(this.#address("http"), {
        headers: token ? { Authorization: `Bearer ${token}` } : {},
        cache: "no-store",
      });
      if (![401, 403, 503].includes(answer.status)) return serverGone();
      const body = await answer.json().catch(() => ({}));
      return refusal(answer.status, body.error?.message ?? "", body.error?.code);
    } catch (error) {
      if (error instanceof TypeError) return serverGone();
      throw error;
    }
  }

  /** @param {"ws" | "http"} scheme */
  #address(scheme) {
    const url = new URL(this.#options.url);
    const secure = url.protocol === "https:" || url.protocol === "wss:";
    url.protocol = secure ? `${scheme}s:` : `${scheme}:`;
    url.hash = "";
    return url.href;
  }

  #forget() {
    if (this.#socket !== null) this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket = null;
    this.#mediaAgreed = false;
  }

  /**
   * @param {ConnectionState} state
   * @param {import("./errors.js").Problem | null} [problem]
   */
  #become(state, problem = null) {
    this.state = state;
    this.#dispatch("connection", { state, problem });
  }

  /**
   * @param {string} type
   * @param {any} detail
   */
  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
