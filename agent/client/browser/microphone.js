/**
 * The user's microphone: 16 kHz PCM16 in pieces of 20 ms, each with its media time.
 *
 * @module microphone
 */

import { deviceProblem, requireSecureOrigin } from "./errors.js";

const PIECE_US = 20_000;

/** Microseconds by which the count of pieces may differ from the clock before it is set anew. */
const MOST_DRIFT_US = 100_000;

export class Microphone extends EventTarget {
  #send;
  #now;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {number | null} */
  #nextUs = null;
  /** @type {Promise<void> | null} */
  #starting = null;
  #wanted = false;

  /** Root mean square of the last 20 ms, 0 to 1. */
  level = 0;

  /** Whether silence is sent in place of what it hears: it stays open, and is heard again at once. */
  muted = false;

  /**
   * Dispatches `ended` when the device goes away by itself.
   *
   * @param {(pcm: ArrayBuffer, mediaTimeUs: number) => void} send
   * @param {() => number} now microseconds on the clock of what the user sends
   */
  constructor(send, now) {
    super();
    this.#send = send;
    this.#now = now;
  }

  get on() {
    return this.#stream !== null;
  }

  /** Ask for the microphone and begin, once however often it is called. Rejects with a `Problem`. */
  start() {
    this.#wanted = true;
    if (this.on && this.#starting === null) return Promise.resolve();
    this.#starting ??= this.#open().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #open() {
    requireSecureOrigin();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          channelCount: 1,
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
        },
      });
      if (!this.#wanted) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.#stream = stream;
      await this.#listen(this.#stream);
    } catch (error) {
      if (!this.#wanted) return;
      this.stop();
      throw deviceProblem(error, "microphone");
    }
  }

  /** Let go of the microphone, so that the browser shows it as off. */
  stop() {
    this.#wanted = false;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    void this.#context?.close();
    this.#stream = null;
    this.#context = null;
    this.#nextUs = null;
    this.level = 0;
  }

  /** @param {MediaStream} stream */
  async #listen(stream) {
    const context = new AudioContext({ latencyHint: "interactive" });
    this.#context = context;
    await context.audioWorklet.addModule(new URL("capture-worklet.js", import.meta.url));
    const node = new AudioWorkletNode(context, "visavis-capture", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    node.port.onmessage = ({ data }) => this.#take(data);
    context.createMediaStreamSource(stream).connect(node);
    stream.getAudioTracks()[0].addEventListener("ended", () => {
      this.stop();
      this.dispatchEvent(new Event("ended"));
    });
  }

  /** @param {{pcm: ArrayBuffer, level: number}} piece */
  #take({ pcm, level }) {
    if (!this.on) return;
    this.level = this.muted ? 0 : level;
    if (this.muted) new Uint8Array(pcm).fill(0);
    const begunUs = Math.max(0, this.#now() - PIECE_US);
    if (this.#nextUs === null || Math.abs(begunUs - this.#nextUs) > MOST_DRIFT_US) {
      this.#nextUs = begunUs;
    }
    this.#send(pcm, this.#nextUs);
    this.#nextUs += PIECE_US;
  }
}
