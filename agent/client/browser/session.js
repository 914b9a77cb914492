/**
 * The connection to a visavis server: events as text frames, media as binary ones.
 *
 * Every event of the server is dispatched under its own type with the event as `detail`; besides,
 * there are `connection` ({state, problem}), `conversation` ({resumed}: media begin, of a new
 * conversation or of one that goes on after a lost connection), `event` (any event of the server)
 * and `media` (a `MediaFrame`).
 *
 *     const session = new Session({ url: new URL("/v1/realtime", location.href) });
 *     session.on("caption.done", ({ role, text }) => console.log(role, text));
 *     session.connect();
 *     session.sendText("When do you open?");
 *
 * @module session
 */

import { Kind, decode, encode } from "./media.js";
import { opening } from "./opening.js";
import { addressOf, whyRefused } from "./reaching.js";

/** Seconds before each new attempt; the last repeats. */
const BACKOFF_S = [0.5, 1, 2, 4, 8];

/** A connection that has lasted for this long, in milliseconds, has succeeded. */
const SETTLED_MS = 3000;

/** Bytes that may wait to be sent; beyond, media are dropped rather than late. */
const MOST_BUFFERED = 1 << 18;

/** Refusals that no waiting cures. */
const FINAL = new Set(["wrong_token", "origin_refused"]);

/** @typedef {import("./opening.js").SessionOptions} SessionOptions */

/**
 * @typedef {"closed" | "connecting" | "connected" | "reconnecting" | "refused"} ConnectionState
 * @typedef {"off" | "composed" | "lively"} Reactions
 * @typedef {{reactions?: Reactions, intensity?: number, emotion?: string, language?: string,
 *   voice?: string, gaze?: [number, number] | null}} AvatarConfig
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
  #greeted = false;
  /** @type {{id: string, token: string} | null} the conversation to come back to */
  #conversation = null;
  /** @type {string | undefined} */
  #newToken;
  /** @type {(() => Promise<("jpeg" | "h264" | "vp8")[]>) | null} */
  #decodable = null;

  /** @type {string[]} of the server */
  #codecs = [];

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

  /**
   * Take the first codec that is decodable here and known to the server.
   *
   * @param {() => Promise<("jpeg" | "h264" | "vp8")[]>} decodable
   */
  chooseCodec(decodable) {
    this.#decodable = decodable;
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
    if (this.#conversation) protocols.push(`visavis-resume.${this.#conversation.token}`);
    const socket = new WebSocket(addressOf(this.#options.url, "ws"), protocols);
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
    this.#conversation = null;
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
      if (frame !== null) this.emit("media", frame);
      return;
    }
    const event = /** @type {SessionEvent} */ (JSON.parse(data));
    if (event.type === "session.created") this.#greet(event.session);
    if (event.type === "error" && event.error.code === "invalid_resume_token") {
      this.#conversation = null;
      void this.#negotiate();
      return;
    }
    if (event.type === "session.updated") this.#agree(event.session);
    this.emit(event.type, event);
    this.emit("event", event);
  }

  /** @param {{avatar?: {resume_token?: string, video?: {codecs: string[]}}}} [session] */
  #greet({ avatar } = {}) {
    this.#greeted = true;
    this.#newToken = avatar?.resume_token;
    this.#codecs = avatar?.video?.codecs ?? [];
    void this.#negotiate();
  }

  async #negotiate() {
    const known = this.#decodable === null ? null : await this.#decodable();
    const codec = known?.find((one) => this.#codecs.includes(one));
    const rates = { input_rate: this.inputRate, output_rate: this.outputRate };
    this.send(opening(this.#options, rates, codec, this.#conversation?.token));
  }

  /** @param {{id: string, avatar?: {media?: string, video?: {codec?: string}}}} session in effect */
  #agree({ id, avatar }) {
    if (avatar?.media !== "binary") return;
    this.#mediaAgreed = true;
    if (!this.#greeted) return;
    this.#greeted = false;
    const resumed = this.#conversation !== null && this.#conversation.id === id;
    if (!resumed) this.#openedMs = performance.now();
    this.#conversation = this.#newToken ? { id, token: this.#newToken } : null;
    this.emit("conversation", { resumed, codec: avatar.video?.codec ?? "jpeg" });
    this.#become("connected");
  }

  async #lost() {
    const lasted = this.state === "connected" && performance.now() - this.#openedMs > SETTLED_MS;
    if (lasted) this.#attempt = 0;
    this.#forget();
    this.#become("reconnecting");
    const problem = await whyRefused(this.#options.url, this.#options.token);
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
    this.emit("connection", { state, problem });
  }

  /**
   * Dispatch an event to those who listen to its type.
   *
   * @param {string} type
   * @param {any} detail
   */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
