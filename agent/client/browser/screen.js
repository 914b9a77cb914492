/**
 * The avatar's pictures: decoded as they come, each drawn when its time has come.
 *
 * @module screen
 */

/** Pictures that may wait: one second. */
const MOST_WAITING = 25;

/** Pictures that may be in the decoder; more means that this computer is too slow for all of them. */
const MOST_DECODING = 4;

/** @typedef {{turn: number, mediaTimeUs: number, bitmap: ImageBitmap}} Picture */

export class Screen {
  /** @type {HTMLCanvasElement} */
  #canvas;
  /** @type {CanvasRenderingContext2D} */
  #context;
  /** @type {Picture[]} sorted by media time */
  #waiting = [];
  #decoding = 0;
  #flushedTurn = 0;
  #generation = 0;

  /** Media time of the picture that is shown; -1 before the first. */
  shownUs = -1;
  /** Pictures that were drawn, and those that came too late or were too many. */
  shown = 0;
  dropped = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("This browser cannot draw on a canvas.");
    this.#canvas = canvas;
    this.#context = context;
  }

  /** @param {import("./media.js").MediaFrame} frame */
  async add({ turn, mediaTimeUs, payload }) {
    if (this.#decoding >= MOST_DECODING || mediaTimeUs <= this.shownUs) {
      this.dropped += 1;
      return;
    }
    const generation = this.#generation;
    this.#decoding += 1;
    try {
      const bitmap = await createImageBitmap(new Blob([payload], { type: "image/jpeg" }));
      if (generation === this.#generation) this.#insert({ turn, mediaTimeUs, bitmap });
      else bitmap.close();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.dropped += 1;
    } finally {
      this.#decoding -= 1;
    }
  }

  /**
   * Draw the newest picture whose time has come.
   *
   * @param {number} mediaTimeUs now, on the server's clock
   * @returns {boolean} whether there was one
   */
  draw(mediaTimeUs) {
    const due = this.#waiting.filter((picture) => picture.mediaTimeUs <= mediaTimeUs);
    const picture = due.pop();
    if (picture === undefined) return false;
    this.#waiting.splice(0, due.length + 1);
    this.#forget(due);
    const { bitmap } = picture;
    if (this.#canvas.width !== bitmap.width || this.#canvas.height !== bitmap.height) {
      this.#canvas.width = bitmap.width;
      this.#canvas.height = bitmap.height;
    }
    this.#context.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.shownUs = picture.mediaTimeUs;
    this.shown += 1;
    return true;
  }

  /**
   * Drop the pictures of turns 1 to `turn` that wait.
   *
   * @param {number} turn
   */
  flush(turn) {
    this.#flushedTurn = Math.max(this.#flushedTurn, turn);
    const gone = this.#waiting.filter((picture) => this.#isFlushed(picture));
    this.#waiting = this.#waiting.filter((picture) => !this.#isFlushed(picture));
    for (const picture of gone) picture.bitmap.close();
  }

  /** Another session begins; the last picture stays until the next comes. */
  reset() {
    this.#forget(this.#waiting);
    this.#waiting = [];
    this.#flushedTurn = 0;
    this.#generation += 1;
    this.shownUs = -1;
  }

  /** @param {Picture} picture */
  #insert(picture) {
    if (picture.mediaTimeUs <= this.shownUs || this.#isFlushed(picture)) {
      this.#forget([picture]);
      return;
    }
    const later = this.#waiting.findIndex((other) => other.mediaTimeUs > picture.mediaTimeUs);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, picture);
    this.#forget(this.#waiting.splice(0, Math.max(0, this.#waiting.length - MOST_WAITING)));
  }

  /** @param {Picture} picture */
  #isFlushed({ turn }) {
    return turn > 0 && turn <= this.#flushedTurn;
  }

  /** @param {Picture[]} pictures */
  #forget(pictures) {
    this.dropped += pictures.length;
    for (const picture of pictures) picture.bitmap.close();
  }
}
