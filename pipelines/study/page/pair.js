/**
 * Two videos that play together from the start.
 *
 * @module pair
 */

import { Problem } from "./server.js";

const FOLLOW_EVERY_MS = 100;
/** Seconds apart that nobody sees; beyond it one video is played a little faster or slower. */
const CLOSE_S = 0.015;
/** Seconds apart from which on one video jumps. */
const FAR_S = 0.3;
const MOST_CORRECTION = 0.08;

export class Pair {
  #left;
  #right;
  #sound = "left";
  #onEnd;
  #following = 0;

  /**
   * @param {HTMLVideoElement} left
   * @param {HTMLVideoElement} right
   * @param {() => void} onEnd called each time when both have come to their end
   */
  constructor(left, right, onEnd) {
    this.#left = left;
    this.#right = right;
    this.#onEnd = onEnd;
    for (const video of this.#both()) video.addEventListener("ended", () => this.#ended());
  }

  /** Seconds by which the right video is ahead. */
  get apart() {
    return this.#right.currentTime - this.#left.currentTime;
  }

  /** @param {[Blob, Blob]} clips */
  async load(clips) {
    this.stop();
    await Promise.all(this.#both().map((video, index) => load(video, clips[index])));
  }

  /** Play from the start. */
  async play() {
    this.stop();
    await Promise.all(this.#both().map(rewind));
    this.hear(this.#sound);
    try {
      await Promise.all(this.#both().map((video) => video.play()));
    } catch (error) {
      this.stop();
      if (error instanceof DOMException && error.name === "AbortError") return;
      throw new Problem("The browser did not start the videos. Press “Play again”.");
    }
    this.#following = window.setInterval(() => this.#follow(), FOLLOW_EVERY_MS);
  }

  stop() {
    window.clearInterval(this.#following);
    for (const video of this.#both()) {
      video.pause();
      video.playbackRate = 1;
    }
  }

  /** @param {string} which "left", "right" or "both" */
  hear(which) {
    this.#sound = which;
    this.#left.muted = which === "right";
    this.#right.muted = which === "left";
  }

  #both() {
    return [this.#left, this.#right];
  }

  #ended() {
    if (this.#both().every((video) => video.ended)) {
      window.clearInterval(this.#following);
      this.#onEnd();
    }
  }

  /** Let the video that is not heard follow the other. */
  #follow() {
    const [leader, follower] = this.#left.muted ? [this.#right, this.#left] : this.#both();
    if (leader.ended || follower.ended) return;
    const ahead = follower.currentTime - leader.currentTime;
    if (Math.abs(ahead) > FAR_S) follower.currentTime = leader.currentTime;
    const correction = Math.abs(ahead) < CLOSE_S ? 0 : ahead;
    follower.playbackRate = 1 - Math.max(-MOST_CORRECTION, Math.min(MOST_CORRECTION, correction));
    leader.playbackRate = 1;
  }
}

/**
 * @param {HTMLVideoElement} video
 * @param {Blob} clip
 * @returns {Promise<void>}
 */
function load(video, clip) {
  if (video.src) URL.revokeObjectURL(video.src);
  return new Promise((resolve, reject) => {
    // Phones load no more than this before they play.
    video.onloadedmetadata = () => resolve();
    video.onerror = () => reject(new Problem("This browser cannot play the videos of this pair."));
    video.preload = "auto";
    video.src = URL.createObjectURL(clip);
    video.load();
  });
}

/**
 * @param {HTMLVideoElement} video
 * @returns {Promise<void>}
 */
function rewind(video) {
  if (video.currentTime === 0) return Promise.resolve();
  return new Promise((resolve) => {
    video.addEventListener("seeked", () => resolve(), { once: true });
    video.currentTime = 0;
  });
}
