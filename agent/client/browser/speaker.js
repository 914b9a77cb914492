/**
 * The avatar's sound: pieces with a local time, played exactly then.
 *
 * The first piece after a silence is laid on the audio clock by its time; those that follow it
 * without a gap continue it to the sample, so that two clocks which drift never click.
 *
 * @module speaker
 */

import { requireSecureOrigin } from "./errors.js";

/** Milliseconds of the fade when a turn is dropped. */
const FLUSH_FADE_MS = 8;

/** Milliseconds of the fade when a turn only waits. */
const PAUSE_FADE_MS = 20;

/** Seconds in which a change of the volume is done for the most part. */
const VOLUME_S = 0.03;

/** A delay of the sound device, in milliseconds, that needs no larger buffer. */
const USUAL_DELAY_MS = 40;

/**
 * @typedef {object} SoundReport
 * @property {number} turn of the piece that sounded last
 * @property {boolean} sounding whether anything has sounded since the report before
 * @property {number} playedSamples since the beginning
 * @property {number} latePieces pieces that came after their time, since the beginning
 * @property {number} queuedSamples
 * @property {number} rms of what was played since the report before
 */

export class Speaker {
  /** @type {AudioContext} */
  #context;
  /** @type {AudioWorkletNode} */
  #node;
  /** @type {GainNode} */
  #gain;
  /** Audio frame of media time 0. */
  #anchorFrame = 0;
  /** Local time at which the sound that is queued ends. */
  #endLocalMs = -Infinity;
  /** @type {((silentAtMs: number) => void)[]} */
  #cuts = [];
  /** Is called when `running` may have changed. */
  onchange = () => {};

  /** @type {SoundReport} */
  report = {
    turn: 0,
    sounding: false,
    playedSamples: 0,
    latePieces: 0,
    queuedSamples: 0,
    rms: 0,
  };

  /**
   * @param {AudioContext} context
   * @param {AudioWorkletNode} node
   */
  constructor(context, node) {
    this.#context = context;
    context.onstatechange = () => this.onchange();
    this.#node = node;
    this.#gain = context.createGain();
    node.connect(this.#gain).connect(context.destination);
    node.port.onmessage = ({ data }) => {
      if (data.type === "report") this.report = data;
      else this.#cuts.shift()?.(this.#localMsOfFrame(data.silentFrame));
    };
  }

  /**
   * A speaker for sound of some rate. Call it in answer to a gesture, or the browser keeps it mute.
   * Rejects with a `Problem`.
   *
   * @param {number} sampleRate
   */
  static async open(sampleRate) {
    requireSecureOrigin();
    const context = new AudioContext({ sampleRate, latencyHint: "interactive" });
    void context.resume();
    await context.audioWorklet.addModule(new URL("playback-worklet.js", import.meta.url));
    const node = new AudioWorkletNode(context, "visavis-playback", { numberOfInputs: 0 });
    return new Speaker(context, node);
  }

  /** Sound again after the browser has silenced the page. It may wait for a gesture. */
  resume() {
    void this.#context.resume();
  }

  get sampleRate() {
    return this.#context.sampleRate;
  }

  /** @param {number} volume 0 is silent, 1 is as it came */
  set volume(volume) {
    this.#gain.gain.setTargetAtTime(volume, this.#context.currentTime, VOLUME_S);
  }

  /** Whether the browser lets it sound. */
  get running() {
    return this.#context.state === "running";
  }

  /** Milliseconds by which the buffer must be larger for this device, as for wireless headphones. */
  get extraDelayMs() {
    return Math.max(0, (this.#context.outputLatency || 0) * 1000 - USUAL_DELAY_MS);
  }

  /** @param {number} nowMs */
  silent(nowMs) {
    return nowMs > this.#endLocalMs;
  }

  /**
   * Play a piece.
   *
   * @param {number} turn
   * @param {number} mediaTimeUs
   * @param {Float32Array<ArrayBuffer>} samples
   * @param {number} dueMs local time at which its first sample is to be heard
   * @param {number} nowMs
   */
  play(turn, mediaTimeUs, samples, dueMs, nowMs) {
    const rate = this.sampleRate;
    const first = Math.round((mediaTimeUs * rate) / 1e6);
    if (this.silent(nowMs)) this.#anchorFrame = this.#frameAt(dueMs) - first;
    this.#endLocalMs = Math.max(this.#endLocalMs, dueMs + (samples.length / rate) * 1000);
    const frame = this.#anchorFrame + first;
    this.#node.port.postMessage({ type: "play", turn, frame, samples }, [samples.buffer]);
  }

  /**
   * Drop the sound of turns 1 to `turn`.
   *
   * @param {number} turn
   * @returns {Promise<number>} the local time at which it is silent
   */
  flush(turn) {
    return this.#cut(turn, false, FLUSH_FADE_MS);
  }

  /**
   * Drop the sound of a turn that may come again.
   *
   * @param {number} turn
   * @returns {Promise<number>}
   */
  pause(turn) {
    return this.#cut(turn, true, PAUSE_FADE_MS);
  }

  /** Forget everything that is queued. */
  reset() {
    this.#node.port.postMessage({ type: "reset" });
    this.#endLocalMs = -Infinity;
  }

  async close() {
    this.#node.disconnect();
    this.#context.onstatechange = null;
    await this.#context.close();
  }

  /**
   * @param {number} turn
   * @param {boolean} only
   * @param {number} fadeMs
   * @returns {Promise<number>}
   */
  #cut(turn, only, fadeMs) {
    this.#endLocalMs = -Infinity;
    this.#node.port.postMessage({ type: "cut", turn, only, fadeMs });
    return new Promise((resolve) => this.#cuts.push(resolve));
  }

  /** What is heard now: an audio time and the local time that belongs to it. */
  #heardNow() {
    const nowMs = performance.now();
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    const plausible = contextTime > 0 && Math.abs(nowMs - performanceTime) < 500;
    if (plausible) return { seconds: contextTime, localMs: performanceTime };
    const delay = this.#context.outputLatency || this.#context.baseLatency || 0;
    return { seconds: this.#context.currentTime - delay, localMs: nowMs };
  }

  /** @param {number} localMs */
  #frameAt(localMs) {
    const heard = this.#heardNow();
    return Math.round((heard.seconds + (localMs - heard.localMs) / 1000) * this.sampleRate);
  }

  /** @param {number} frame */
  #localMsOfFrame(frame) {
    const heard = this.#heardNow();
    return heard.localMs + (frame / this.sampleRate - heard.seconds) * 1000;
  }
}
