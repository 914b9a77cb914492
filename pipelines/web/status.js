/**
 * How things stand: the connection, the state of the avatar, and what is wrong.
 *
 * @module status
 */

import { CONNECTIONS, STATES } from "./names.js";

/** Problems that end with the connection's return. */
const OF_CONNECTION = new Set(["gone", "full", "wrong_token", "origin_refused", "refused"]);

export class Status {
  #element;
  #code = "";
  #state = "initializing";
  #hearing = false;

  /** @param {(id: string) => HTMLElement} element */
  constructor(element) {
    this.#element = element;
    element("problem-close").addEventListener("click", () => this.noProblem());
  }

  /** @param {{name: string, disclosure?: string}} facts */
  introduce({ name, disclosure }) {
    document.title = `${name} · visavis`;
    this.#element("head").setAttribute("aria-label", `The face of ${name}`);
    if (disclosure) this.#element("disclosure").textContent = disclosure;
  }

  /** @param {string} state */
  avatar(state) {
    this.#state = state;
    const shown = state === "listening" && !this.#hearing ? "idle" : state;
    if (this.#element("frame").dataset.state === shown) return;
    this.#element("frame").dataset.state = shown;
    this.#element("state").textContent = STATES[shown] ?? shown;
  }

  /** @param {boolean} hearing whether the microphone is on: nobody listens without one */
  hear(hearing) {
    this.#hearing = hearing;
    this.avatar(this.#state);
  }

  /**
   * @param {string} state
   * @param {import("../sdk/errors.js").Problem | null} problem
   */
  connection(state, problem) {
    const connected = state === "connected";
    this.#element("connection").dataset.state = state;
    this.#element("connection").textContent = CONNECTIONS[state] ?? state;
    this.#element("frame").classList.toggle("away", !connected);
    if (connected) {
      this.#element("frame").classList.add("live");
      if (OF_CONNECTION.has(this.#code)) this.noProblem();
    } else {
      this.avatar(state === "connecting" ? "initializing" : "away");
    }
    if (problem !== null) this.problem(problem);
  }

  /** @param {import("../sdk/errors.js").Problem} problem */
  problem({ code, message, advice }) {
    this.#code = code;
    const shown = this.#element("problem-message");
    if (this.#element("problem").hidden || shown.textContent !== message) {
      shown.textContent = message;
      this.#element("problem-advice").textContent = advice;
      this.#element("problem").hidden = false;
    }
  }

  noProblem() {
    this.#code = "";
    this.#element("problem").hidden = true;
  }
}
