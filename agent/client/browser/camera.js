/**
 * The user's camera: JPEG pictures of 640 x 480, some fourteen a second, not mirrored.
 *
 * @module camera
 */

import { deviceProblem, requireSecureOrigin } from "./errors.js";

const WIDTH = 640;
const HEIGHT = 480;
const EVERY_MS = 70;
const QUALITY = 0.7;

export class Camera extends EventTarget {
  #send;
  #now;
  #video;
  #canvas = document.createElement("canvas");
  /** @type {MediaStream | null} */
  #stream = null;
  #timer = 0;
  /** @type {Promise<void> | null} */
  #starting = null;
  #wanted = false;
  #busy = false;

  /**
   * Dispatches `ended` when the device goes away by itself.
   *
   * @param {HTMLVideoElement} preview shows what the camera sees; the page mirrors it
   * @param {(jpeg: ArrayBuffer, mediaTimeUs: number) => void} send
   * @param {() => number} now microseconds on the clock of what the user sends
   */
  constructor(preview, send, now) {
    super();
    this.#video = preview;
    this.#send = send;
    this.#now = now;
    preview.muted = preview.playsInline = true;
    this.#canvas.width = WIDTH;
    this.#canvas.height = HEIGHT;
  }

  get on() {
    return this.#stream !== null;
  }

  /** Ask for the camera and begin, once however often it is called. Rejects with a `Problem`. */
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
        video: { width: { ideal: WIDTH }, height: { ideal: HEIGHT }, frameRate: { ideal: 15 } },
      });
      if (!this.#wanted) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.#stream = stream;
      this.#video.srcObject = this.#stream;
      await this.#video.play();
      stream.getVideoTracks()[0].addEventListener("ended", () => {
        this.stop();
        this.dispatchEvent(new Event("ended"));
      });
      this.#timer = setInterval(() => this.#take(), EVERY_MS);
    } catch (error) {
      if (!this.#wanted) return;
      this.stop();
      throw deviceProblem(error, "camera");
    }
  }

  /** Let go of the camera. */
  stop() {
    this.#wanted = false;
    clearInterval(this.#timer);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#video.srcObject = null;
    this.#stream = null;
  }

  /** Take a picture, cut to the form that is sent, unless the one before is still being packed. */
  #take() {
    const { videoWidth, videoHeight } = this.#video;
    const context = this.#canvas.getContext("2d", { alpha: false });
    if (this.#busy || videoWidth === 0 || context === null) return;
    const takenUs = this.#now();
    const scale = Math.min(videoWidth / WIDTH, videoHeight / HEIGHT);
    const [width, height] = [WIDTH * scale, HEIGHT * scale];
    const [left, top] = [(videoWidth - width) / 2, (videoHeight - height) / 2];
    context.drawImage(this.#video, left, top, width, height, 0, 0, WIDTH, HEIGHT);
    this.#busy = true;
    this.#canvas.toBlob((blob) => void this.#pack(blob, takenUs), "image/jpeg", QUALITY);
  }

  /**
   * @param {Blob | null} blob
   * @param {number} takenUs
   */
  async #pack(blob, takenUs) {
    const jpeg = await blob?.arrayBuffer();
    this.#busy = false;
    if (this.on && jpeg !== undefined) this.#send(jpeg, takenUs);
  }
}
