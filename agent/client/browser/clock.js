/**
 * When, on this computer, a moment of the server's media clock comes.
 *
 * What arrives earliest had the least trouble on its way: media time is mapped to local time by the
 * earliest arrival of the last 2 s plus a buffer that the others may come late by. The mapping
 * changes only while nobody hears it.
 *
 * @module clock
 */

/** Milliseconds of arrivals that are looked at. */
const WINDOW_MS = 2000;

/** Milliseconds in which everything came too late, after which silence is not waited for. */
const LOST_MS = 600;

/** A mapping that is this near, in milliseconds, stays: moving it would only make pictures uneven. */
const NEAR_MS = 6;

/** Milliseconds that media may come late by: as little as the way allows, within these. */
const LEAST_BUFFER_MS = 80;
const MOST_BUFFER_MS = 120;

/** What the buffer has beyond the lateness that was seen. */
const MARGIN_MS = 40;

export class MediaClock {
  /** @type {{at: number, offset: number}[]} */
  #arrivals = [];
  /** @type {number | null} */
  #offset = null;

  /** Milliseconds by which a slow sound device needs more. */
  extraMs = 0;

  /** Milliseconds that media may come late by: the spread of what arrived lately, and a margin. */
  get bufferMs() {
    const late = this.#arrivals.map(({ offset }) => offset).sort((one, other) => one - other);
    const usual = late[Math.floor(0.95 * (late.length - 1))] - late[0];
    const wanted = late.length < 25 ? MOST_BUFFER_MS : usual + MARGIN_MS;
    return Math.min(MOST_BUFFER_MS, Math.max(LEAST_BUFFER_MS, wanted)) + this.extraMs;
  }

  /** Whether anything has arrived: before, there is no mapping. */
  get known() {
    return this.#offset !== null;
  }

  /**
   * Something has arrived.
   *
   * @param {number} mediaTimeUs
   * @param {number} nowMs local time, `performance.now()`
   * @param {boolean} silent whether the mapping may change unheard
   * @returns {boolean} whether it did
   */
  observe(mediaTimeUs, nowMs, silent) {
    this.#arrivals.push({ at: nowMs, offset: nowMs - mediaTimeUs / 1000 });
    while (this.#arrivals[0].at < nowMs - WINDOW_MS) this.#arrivals.shift();
    if (this.#lost(nowMs)) {
      this.#arrivals = this.#arrivals.filter(({ at }) => at >= nowMs - LOST_MS);
    } else if (this.#offset !== null && !silent) {
      return false;
    }
    const estimate = this.#earliest(-Infinity) + this.bufferMs;
    if (this.#offset !== null && Math.abs(estimate - this.#offset) < NEAR_MS) return false;
    this.#offset = estimate;
    return true;
  }

  /**
   * Local time in milliseconds at which a moment of the media is due; `known` must be true.
   *
   * @param {number} mediaTimeUs
   */
  localMs(mediaTimeUs) {
    return mediaTimeUs / 1000 + (this.#offset ?? 0);
  }

  /**
   * The moment of the media that is due at a local time.
   *
   * @param {number} localMs
   */
  mediaTimeUs(localMs) {
    return Math.max(0, Math.round((localMs - (this.#offset ?? 0)) * 1000));
  }

  /** Forget everything: another session has another clock. */
  reset() {
    this.#arrivals = [];
    this.#offset = null;
  }

  /** @param {number} sinceMs */
  #earliest(sinceMs) {
    let earliest = Infinity;
    for (const { at, offset } of this.#arrivals) {
      if (at >= sinceMs && offset < earliest) earliest = offset;
    }
    return earliest;
  }

  /** @param {number} nowMs */
  #lost(nowMs) {
    if (this.#offset === null || this.#arrivals[0].at > nowMs - LOST_MS) return false;
    return this.#earliest(nowMs - LOST_MS) > this.#offset;
  }
}
