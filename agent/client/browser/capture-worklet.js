/**
 * The microphone's sound at 16 kHz, in pieces of 20 ms.
 *
 * Each output sample is the input under a windowed sinc whose cut-off is that of the lower rate.
 * Out: `{pcm: ArrayBuffer, level}`; level is the root mean square, 0 to 1.
 *
 * @module capture-worklet
 */

const TARGET_RATE = 16000;
const PIECE_SAMPLES = 320;

/** Zero crossings of the sinc on each side. */
const LOBES = 8;

/** Entries of the kernel's table for one zero crossing. */
const FINENESS = 256;

/** Share of the band that is kept: the rest is the filter's slope. */
const KEPT = 0.92;

/** One side of a sinc under a Hann window. */
function makeKernel() {
  const kernel = new Float32Array(LOBES * FINENESS + 1);
  for (let i = 0; i < kernel.length; i++) {
    const x = (i / FINENESS) * Math.PI;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * i) / (LOBES * FINENESS));
    kernel[i] = (i === 0 ? 1 : Math.sin(x) / x) * window;
  }
  return kernel;
}

class Capture extends AudioWorkletProcessor {
  #kernel = makeKernel();
  #step = sampleRate / TARGET_RATE;
  /** Cut-off as a share of the input's Nyquist frequency. */
  #cutoff = KEPT * Math.min(1, TARGET_RATE / sampleRate);
  #reach = Math.ceil(LOBES / this.#cutoff);
  /** Input that may still be needed, and the place in it of the next output sample. */
  #input = new Float32Array(this.#reach);
  #place = this.#reach;
  #piece = new Int16Array(PIECE_SAMPLES);
  #filled = 0;
  #energy = 0;

  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const fresh = inputs[0][0];
    if (fresh === undefined) return true;
    const input = new Float32Array(this.#input.length + fresh.length);
    input.set(this.#input);
    input.set(fresh, this.#input.length);
    while (this.#place + this.#reach < input.length) {
      this.#put(this.#sampleAt(input, this.#place));
      this.#place += this.#step;
    }
    const done = Math.max(0, Math.floor(this.#place) - this.#reach);
    this.#input = input.slice(done);
    this.#place -= done;
    return true;
  }

  /**
   * @param {Float32Array} input
   * @param {number} place
   */
  #sampleAt(input, place) {
    let sum = 0;
    const first = Math.ceil(place - this.#reach);
    const last = Math.floor(place + this.#reach);
    for (let i = Math.max(0, first); i <= last; i++) {
      const entry = Math.round(Math.abs(i - place) * this.#cutoff * FINENESS);
      if (entry < this.#kernel.length) sum += input[i] * this.#kernel[entry];
    }
    return sum * this.#cutoff;
  }

  /** @param {number} sample */
  #put(sample) {
    const within = Math.max(-1, Math.min(1, sample));
    this.#piece[this.#filled++] = Math.round(within * 32767);
    this.#energy += within * within;
    if (this.#filled < PIECE_SAMPLES) return;
    const pcm = this.#piece.buffer;
    const level = Math.sqrt(this.#energy / PIECE_SAMPLES);
    this.port.postMessage({ pcm, level }, [pcm]);
    this.#piece = new Int16Array(PIECE_SAMPLES);
    this.#filled = 0;
    this.#energy = 0;
  }
}

registerProcessor("visavis-capture", Capture);
