/**
 * What the page asks the server for.
 *
 * @module server
 */

/**
 * @typedef {{name: string, text: string, hint: string}} Question
 * @typedef {{answered: number, total: number, trial: string | null, following: string | null}} Progress
 */

/** Something that the participant can read. */
export class Problem extends Error {}

export class Server {
  #participant = "";
  /** @type {Map<string, Promise<[Blob, Blob]>>} */
  #clips = new Map();

  /** @returns {Promise<Question[]>} */
  async questions() {
    return (await this.#ask("api/questions")).json();
  }

  /**
   * @param {string} participant
   * @returns {Promise<Progress>}
   */
  async progress(participant) {
    this.#participant = participant;
    return (await this.#ask(`api/progress?${this.#who()}`)).json();
  }

  /**
   * Both clips as a whole: what is loaded cannot stall while it plays.
   *
   * @param {string} trial
   */
  clips(trial) {
    let loading = this.#clips.get(trial);
    if (loading === undefined) {
      loading = Promise.all([this.#clip(trial, "left"), this.#clip(trial, "right")]);
      loading.catch(() => this.#clips.delete(trial));
      this.#clips.set(trial, loading);
    }
    return loading;
  }

  /**
   * @param {string} trial
   * @param {number} seconds
   * @param {Record<string, string>} choices
   * @returns {Promise<Progress>}
   */
  async answer(trial, seconds, choices) {
    const body = JSON.stringify({ participant: this.#participant, trial, seconds, choices });
    const headers = { "Content-Type": "application/json" };
    const response = await this.#ask("api/answers", { method: "POST", headers, body });
    this.#clips.delete(trial);
    return response.json();
  }

  /**
   * @param {string} trial
   * @param {"left" | "right"} side
   */
  async #clip(trial, side) {
    return (await this.#ask(`api/clips/${trial}/${side}?${this.#who()}`)).blob();
  }

  #who() {
    return `participant=${encodeURIComponent(this.#participant)}`;
  }

  /**
   * @param {string} path
   * @param {RequestInit} [options]
   */
  async #ask(path, options) {
    let response;
    try {
      response = await fetch(new URL(path, document.baseURI), options);
    } catch {
      throw new Problem("The server cannot be reached. Your saved answers are safe.");
    }
    if (!response.ok) throw new Problem(await reason(response));
    return response;
  }
}

/** @param {Response} response */
async function reason(response) {
  try {
    return String((await response.json()).detail);
  } catch {
    return `The server answered with an error (${response.status}).`;
  }
}
