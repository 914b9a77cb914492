/**
 * Shows and sounds what the server sends, on one media clock.
 *
 * Pictures need no permission of the browser and are shown from the first on; sound begins with
 * `enableSound`, which must be called in answer to a gesture.
 *
 * @module player
 */

import { MediaClock } from "./clock.js";
import { Kind, samplesOf } from "./media.js";
import { Screen } from "./screen.js";
import { Speaker } from "./speaker.js";

/** Milliseconds between two reports of what is played. */
const REPORT_EVERY_MS = 250;

/** Microseconds of a piece of the avatar's sound. */
const PIECE_US = 40_000;

/** Milliseconds without a picture after which the sound's arrival sets the clock. */
const PICTURELESS_MS = 2000;

/**
 * @typedef {object} PlayerStats
 * @property {number} fps pictures drawn in the last second
 * @property {number} shown pictures drawn
 * @property {number} dropped pictures that were not
 * @property {number[]} steps of media time between the pictures drawn last, in milliseconds
 * @property {number} underruns pieces of sound that came after their time
 * @property {number} audioSeconds sound played
 * @property {number} rms of the sound of the last 50 ms, 0 to 1
 * @property {number | null} flushMs from the last flush's arrival until it was silent
 */

export class Player {
  #session;
  #screen;
  #clock = new MediaClock();
  /** @type {Speaker | null} */
  #speaker = null;
  /** @type {Promise<Speaker> | null} */
  #opening = null;
  #flushedTurn = 0;
  #lastPictureMs = -Infinity;
  /** @type {number | null} */
  #flushMs = null;
  /** @type {number[]} */
  #drawnAt = [];
  /** @type {number[]} */
  #steps = [];
  /** @type {{dueUs: number, action: () => void}[]} */
  #planned = [];
  #reporting = 0;
  #drawing = 0;
  #volume = 1;
  /** @type {{turn: number, item: string, heardUs: number, lastUs: number} | null} the turn that is
   * said: its item, how much of it came, and the media time of its newest piece */
  #saying = null;

  /**
   * @param {import("./session.js").Session} session
   * @param {HTMLCanvasElement} canvas
   */
  constructor(session, canvas) {
    this.#session = session;
    this.#screen = new Screen(canvas, () => session.send({ type: "avatar.keyframe" }));
    session.on("conversation", ({ resumed, codec }) => this.#begin(resumed, codec));
    session.on("media", (frame) => this.#take(frame));
    session.on("avatar.flush", ({ turn }) => void this.#flush(turn));
    session.on("avatar.paused", ({ turn }) => void this.#speaker?.pause(turn));
    session.on("response.created", ({ response }) => {
      this.#saying = { turn: Number(response.metadata?.turn), item: "", heardUs: 0, lastUs: -1 };
    });
    session.on("response.output_item.added", ({ item }) => {
      if (this.#saying !== null) this.#saying.item = item.id;
    });
    session.on("response.done", () => void (this.#saying = null));
  }

  /** Let the avatar be heard; again, after the browser has silenced the page. */
  async enableSound() {
    this.#opening ??= Speaker.open(this.#session.outputRate);
    try {
      this.#speaker = await this.#opening;
      this.#speaker.onchange = this.#tellSound;
      this.#speaker.volume = this.#volume;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
    this.#speaker.resume();
    this.#tellSound();
  }

  #tellSound = () => this.#session.emit("sound", { state: this.soundEnabled ? "on" : "waiting" });

  get soundEnabled() {
    return this.#speaker?.running ?? false;
  }

  /** How loud the avatar may be: 0 is silent, 1 is as it came. */
  get volume() {
    return this.#volume;
  }

  set volume(volume) {
    this.#volume = volume;
    if (this.#speaker) this.#speaker.volume = volume;
  }

  /** How loud the avatar is now, 0 to 1. */
  get loudness() {
    return this.#speaker?.report.rms ?? 0;
  }

  /**
   * Do something when a moment of the media is seen and heard.
   *
   * @param {number} mediaTimeUs
   * @param {() => void} action
   */
  at(mediaTimeUs, action) {
    this.#planned.push({ dueUs: mediaTimeUs, action });
    this.#planned.sort((one, other) => one.dueUs - other.dueUs);
  }

  /** @returns {PlayerStats} */
  get stats() {
    const report = this.#speaker?.report;
    return {
      fps: this.#fps(),
      shown: this.#screen.shown,
      dropped: this.#screen.dropped,
      steps: [...this.#steps],
      underruns: report?.latePieces ?? 0,
      audioSeconds: (report?.playedSamples ?? 0) / (this.#speaker?.sampleRate ?? 1),
      rms: report?.rms ?? 0,
      flushMs: this.#flushMs,
    };
  }

  async close() {
    clearInterval(this.#reporting);
    cancelAnimationFrame(this.#drawing);
    this.#screen.close();
    await this.#speaker?.close();
    this.#speaker = null;
    this.#opening = null;
  }

  /** @param {import("./media.js").MediaFrame} frame */
  #take(frame) {
    if (frame.turn > 0 && frame.turn <= this.#flushedTurn) return;
    if (frame.kind === Kind.AVATAR_MOTION) this.#observe(frame.mediaTimeUs, performance.now());
    if (frame.kind === Kind.AVATAR_PICTURE) this.#takePicture(frame);
    if (frame.kind === Kind.AVATAR_AUDIO) this.#takeSound(frame);
  }

  /** @param {import("./media.js").MediaFrame} frame */
  #takePicture(frame) {
    const nowMs = performance.now();
    this.#lastPictureMs = nowMs;
    this.#observe(frame.mediaTimeUs, nowMs);
    void this.#screen.add(frame);
  }

  /** @param {import("./media.js").MediaFrame} frame */
  #takeSound({ turn, mediaTimeUs, payload }) {
    const nowMs = performance.now();
    const pictureless = nowMs - this.#lastPictureMs > PICTURELESS_MS;
    if (pictureless || !this.#clock.known) this.#observe(mediaTimeUs, nowMs);
    const saying = this.#saying;
    if (saying?.turn === turn && mediaTimeUs > saying.lastUs) {
      saying.heardUs += (payload.byteLength / 2 / this.#session.outputRate) * 1e6;
      saying.lastUs = mediaTimeUs;
    }
    if (!this.#speaker?.running) return;
    const dueMs = this.#clock.localMs(mediaTimeUs);
    this.#speaker.play(turn, mediaTimeUs, samplesOf(payload), dueMs, nowMs);
  }

  /**
   * @param {number} mediaTimeUs
   * @param {number} nowMs
   */
  #observe(mediaTimeUs, nowMs) {
    this.#clock.extraMs = this.#speaker?.extraDelayMs ?? 0;
    this.#clock.observe(mediaTimeUs, nowMs, this.#speaker?.silent(nowMs) ?? true);
  }

  /** @param {number} turn */
  async #flush(turn) {
    const arrivedMs = performance.now();
    const heardUs = this.#clock.mediaTimeUs(arrivedMs);
    this.#flushedTurn = Math.max(this.#flushedTurn, turn);
    this.#screen.flush(turn);
    this.#sendPlayback(turn, heardUs);
    this.#truncate(turn, heardUs);
    if (!this.#speaker?.running) return;
    this.#flushMs = Math.max(0, (await this.#speaker.flush(turn)) - arrivedMs);
  }

  /**
   * Say how much of a turn that was cut off was heard, so that the rest is forgotten.
   *
   * @param {number} turn
   * @param {number} nowUs
   */
  #truncate(turn, nowUs) {
    const saying = this.#saying;
    this.#saying = null;
    if (saying === null || saying.turn > turn || !saying.item) return;
    const waitingUs = Math.max(0, saying.lastUs + PIECE_US - nowUs);
    this.#session.send({
      type: "conversation.item.truncate",
      item_id: saying.item,
      content_index: 0,
      audio_end_ms: Math.round(Math.max(0, saying.heardUs - waitingUs) / 1000),
    });
  }

  #draw = () => {
    const nowMs = performance.now();
    if (this.#clock.known) {
      const nowUs = this.#clock.mediaTimeUs(nowMs);
      const beforeUs = this.#screen.shownUs;
      if (this.#screen.draw(nowUs)) this.#countPicture(nowMs, beforeUs);
      this.#perform(nowUs);
    }
    this.#drawing = requestAnimationFrame(this.#draw);
  };

  /** Pictures a second, over the last second. */
  #fps() {
    const recent = this.#drawnAt.filter((at) => at > performance.now() - 1000);
    if (recent.length < 2) return 0;
    return ((recent.length - 1) * 1000) / (recent[recent.length - 1] - recent[0]);
  }

  /**
   * @param {number} nowMs
   * @param {number} beforeUs media time of the picture before
   */
  #countPicture(nowMs, beforeUs) {
    if (beforeUs >= 0) this.#steps.push((this.#screen.shownUs - beforeUs) / 1000);
    this.#steps = this.#steps.slice(-500);
    this.#drawnAt = [...this.#drawnAt, nowMs].filter((at) => at > nowMs - 1000);
  }

  /** @param {number} nowUs */
  #perform(nowUs) {
    while (this.#planned.length > 0 && this.#planned[0].dueUs <= nowUs) {
      this.#planned.shift()?.action();
    }
  }

  #report() {
    const report = this.#speaker?.report;
    const nowUs = this.#clock.mediaTimeUs(performance.now());
    if (document.hidden && this.#clock.known) this.#perform(nowUs);
    if (report?.sounding) this.#sendPlayback(report.turn, nowUs);
  }

  /**
   * @param {number} turn
   * @param {number} heardUs
   */
  #sendPlayback(turn, heardUs) {
    const queued = this.#speaker?.report.queuedSamples ?? 0;
    const shown = !document.hidden && this.#screen.shownUs >= 0;
    this.#session.send({
      type: "avatar.playback",
      turn,
      media_time_us: heardUs,
      picture_media_time_us: shown ? this.#screen.shownUs : null,
      buffer_ms: Math.round((queued / (this.#speaker?.sampleRate ?? 1)) * 1000),
    });
  }

  /**
   * @param {boolean} resumed whether turns and media clock go on
   * @param {"jpeg" | "h264" | "vp8"} codec
   */
  #begin(resumed, codec) {
    clearInterval(this.#reporting);
    cancelAnimationFrame(this.#drawing);
    this.#reporting = setInterval(() => this.#report(), REPORT_EVERY_MS);
    this.#drawing = requestAnimationFrame(this.#draw);
    this.#screen.begin(codec, resumed);
    this.#speaker?.reset();
    this.#lastPictureMs = -Infinity;
    if (resumed) return;
    this.#saying = null;
    this.#clock.reset();
    this.#planned = [];
    this.#flushedTurn = 0;
  }
}
