/**
 * The avatar's pictures: decoded as they come, each drawn when its time has come.
 *
 * @module screen
 */

import { ChunkDecoder, StillDecoder } from "./decoding.js";

/** Pictures that may wait: one second. */
const MOST_WAITING = 25;

/** @typedef {import("./decoding.js").Picture} Picture */

export class Screen {
  /** @type {HTMLCanvasElement} */
  #canvas;
  /** @type {CanvasRenderingContext2D} */
  #context;
  #lost;
  /** @type {StillDecoder | ChunkDecoder} */
  #decoder;
  /** @type {Picture[]} sorted by media time */
  #waiting = [];
  #flushedTurn = 0;
  #dropped = 0;

  /** Media time of the picture that is shown; -1 before the first. */
  shownUs = -1;
  /** Pictures that were drawn. */
  shown = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} lost asks the server for a picture that needs none before it
   */
  constructor(canvas, lost) {
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("This browser cannot draw on a canvas.");
    this.#canvas = canvas;
    this.#context = context;
    this.#lost = lost;
    this.#decoder = new StillDecoder(this.#insert);
  }

  /** Pictures that came too late or were too many. */
  get dropped() {
    return this.#dropped + this.#decoder.dropped;
  }

  /** @param {import("./media.js").MediaFrame} frame */
  add(frame) {
    return this.#decoder.add(frame);
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
    const { image, width, height } = picture;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#context.drawImage(image, 0, 0);
    image.close();
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
    for (const { image } of gone) image.close();
  }

  /**
   * Pictures begin; the last one stays until the next comes.
   *
   * @param {"jpeg" | "h264" | "vp8"} codec
   * @param {boolean} resumed whether media time and turns go on
   */
  begin(codec, resumed) {
    this.close();
    this.#dropped += this.#decoder.dropped;
    this.#decoder =
      codec === "jpeg"
        ? new StillDecoder(this.#insert)
        : new ChunkDecoder(codec, this.#insert, this.#lost);
    if (resumed) return;
    this.#flushedTurn = 0;
    this.shownUs = -1;
  }

  /** Let go of what waits and of the decoder. */
  close() {
    this.#forget(this.#waiting);
    this.#waiting = [];
    this.#decoder.close();
  }

  /** @param {Picture} picture */
  #insert = (picture) => {
    if (picture.mediaTimeUs <= this.shownUs || this.#isFlushed(picture)) {
      this.#forget([picture]);
      return;
    }
    const later = this.#waiting.findIndex((other) => other.mediaTimeUs > picture.mediaTimeUs);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, picture);
    this.#forget(this.#waiting.splice(0, Math.max(0, this.#waiting.length - MOST_WAITING)));
  };

  /** @param {Picture} picture */
  #isFlushed({ turn }) {
    return turn > 0 && turn <= this.#flushedTurn;
  }

  /** @param {Picture[]} pictures */
  #forget(pictures) {
    this.#dropped += pictures.length;
    for (const { image } of pictures) image.close();
  }
}
