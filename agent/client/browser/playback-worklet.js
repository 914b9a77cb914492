/**
 * Plays pieces of sound, each from a frame of the audio clock that it was given.
 *
 * In: `{type: "play", turn, frame, samples}`, `{type: "cut", turn, only, fadeMs}` (drop turns
 * 1..turn, or with `only` that turn alone), `{type: "reset"}`.
 * Out: `{type: "report", ...}` some twenty times a second, `{type: "cut", turn, silentFrame}`.
 *
 * @module playback-worklet
 */

/** Render quanta between two reports. */
const REPORT_EVERY = 10;

/** @typedef {{turn: number, frame: number, samples: Float32Array}} Piece */

class Playback extends AudioWorkletProcessor {
  /** @type {Piece[]} */
  #pieces = [];
  #quanta = 0;
  #played = 0;
  #late = 0;
  #energy = 0;
  #heard = 0;
  #turn = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data.type === "play") this.#play(data);
      else if (data.type === "cut") this.#cut(data);
      else this.#pieces = [];
    };
  }

  /** @param {Piece} piece */
  #play(piece) {
    if (piece.frame < currentFrame) this.#late += 1;
    if (piece.frame + piece.samples.length > currentFrame) this.#pieces.push(piece);
  }

  /**
   * Fade out from the next sample on and forget the rest.
   *
   * @param {{turn: number, only: boolean, fadeMs: number}} order
   */
  #cut({ turn, only, fadeMs }) {
    const fade = Math.round((fadeMs / 1000) * sampleRate);
    const meant = (/** @type {Piece} */ piece) =>
      only ? piece.turn === turn : piece.turn > 0 && piece.turn <= turn;
    let silentFrame = currentFrame;
    for (const piece of this.#pieces.filter(meant)) {
      const from = Math.max(0, currentFrame - piece.frame);
      const end = Math.min(piece.samples.length, currentFrame + fade - piece.frame);
      for (let i = from; i < end; i++) {
        piece.samples[i] *= 1 - (piece.frame + i - currentFrame) / fade;
      }
      piece.samples = piece.samples.subarray(0, Math.max(0, end));
      if (end > from) silentFrame = Math.max(silentFrame, piece.frame + end);
    }
    this.#pieces = this.#pieces.filter((piece) => piece.samples.length > 0);
    this.port.postMessage({ type: "cut", turn, silentFrame });
  }

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const channels = outputs[0];
    const out = channels[0];
    let sounding = 0;
    for (const piece of this.#pieces) {
      const from = Math.max(piece.frame, currentFrame);
      const to = Math.min(piece.frame + piece.samples.length, currentFrame + out.length);
      for (let at = from; at < to; at++) {
        out[at - currentFrame] += piece.samples[at - piece.frame];
      }
      if (to > from) {
        sounding = Math.max(sounding, to - from);
        this.#turn = piece.turn;
      }
    }
    for (let channel = 1; channel < channels.length; channel++) channels[channel].set(out);
    this.#count(out, sounding);
    const next = currentFrame + out.length;
    if (this.#pieces.length > 0) {
      this.#pieces = this.#pieces.filter((piece) => piece.frame + piece.samples.length > next);
    }
    return true;
  }

  /**
   * @param {Float32Array} out
   * @param {number} sounding samples of it that came from a piece
   */
  #count(out, sounding) {
    this.#played += sounding;
    this.#heard += sounding;
    for (const sample of out) this.#energy += sample * sample;
    this.#quanta += 1;
    if (this.#quanta % REPORT_EVERY !== 0) return;
    const end = this.#pieces.reduce((last, p) => Math.max(last, p.frame + p.samples.length), 0);
    this.port.postMessage({
      type: "report",
      turn: this.#turn,
      sounding: this.#heard > 0,
      playedSamples: this.#played,
      latePieces: this.#late,
      queuedSamples: Math.max(0, end - currentFrame),
      rms: Math.sqrt(this.#energy / (REPORT_EVERY * out.length)),
    });
    this.#energy = 0;
    this.#heard = 0;
  }
}

registerProcessor("visavis-playback", Playback);
