/**
 * Sound, microphone and camera of a screen that nobody looks after: begun without being asked, tried
 * again for as long as they do not work.
 *
 * @module devices
 */

import { Problem } from "../../sdk/errors.js";

/** Milliseconds between two attempts. */
const AGAIN_MS = 3000;

/** @typedef {"camera" | "microphone"} Device */

export class Devices extends EventTarget {
  #client;
  /** @type {Map<Device, boolean | null>} whether it works; null as long as nobody knows */
  #works = new Map();
  #trying = false;

  /**
   * Dispatches `change` when a device begins or ceases to work.
   *
   * @param {import("../../sdk/client.js").VisavisClient} client
   */
  constructor(client) {
    super();
    this.#client = client;
    client.on("device", ({ device, state }) => {
      if (state === "on") this.#know(device, true);
      if (state === "ended" || state === "refused") this.#know(device, false);
    });
    client.on("sound", () => this.dispatchEvent(new Event("change")));
    client.on("conversation", () => this.#tellAll());
  }

  /** @param {{camera: boolean}} wanted */
  begin({ camera }) {
    this.#works.set("microphone", null);
    if (camera) this.#works.set("camera", null);
    setInterval(() => void this.try(), AGAIN_MS);
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.try());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.try();
    });
    void this.try();
  }

  /** Whether the avatar cannot be heard before somebody touches the screen. */
  get soundWaits() {
    return !this.#client.player.soundEnabled;
  }

  /** @returns {Device[]} what does not work */
  get broken() {
    return [...this.#works].filter(([, works]) => works === false).map(([device]) => device);
  }

  /** Begin whatever is not on. */
  async try() {
    if (this.#trying) return;
    this.#trying = true;
    try {
      if (!this.#client.player.soundEnabled) await this.#attempt(() => this.#client.enableSound());
      for (const device of this.#works.keys()) await this.#begin(device);
    } finally {
      this.#trying = false;
    }
  }

  /** @param {Device} device */
  async #begin(device) {
    const client = this.#client;
    if (client[device].on) return;
    const failure = await this.#attempt(() =>
      device === "camera" ? client.setCamera(true) : client.setMicrophone(true),
    );
    if (failure) this.#know(device, false);
  }

  /**
   * @param {() => Promise<void>} deed
   * @returns {Promise<boolean>} whether it failed
   */
  async #attempt(deed) {
    try {
      await deed();
      return false;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return true;
    }
  }

  /**
   * @param {Device} device
   * @param {boolean} works
   */
  #know(device, works) {
    if (!this.#works.has(device) || this.#works.get(device) === works) return;
    this.#works.set(device, works);
    this.#tell(device, works);
    this.dispatchEvent(new Event("change"));
  }

  #tellAll() {
    for (const [device, works] of this.#works) {
      if (works !== null) this.#tell(device, works);
    }
  }

  /**
   * @param {Device} device
   * @param {boolean} works
   */
  #tell(device, works) {
    this.#client.session.send({ type: "kiosk.device", device, works });
  }
}
