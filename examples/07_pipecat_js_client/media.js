/**
 * Microphone and camera by the browser alone, as `SmallWebRTCTransport` wants them.
 *
 * @module media
 */

const LOCAL = { id: "local", name: "", local: true };

/** What is off when a connection begins stays off until the next one. */
export class BrowserMedia {
  isMicEnabled = true;
  isCamEnabled = false;
  isSharingScreen = false;
  supportsScreenShare = false;
  selectedMic = {};
  selectedCam = {};
  selectedSpeaker = {};
  #callbacks = {};
  /** @type {MediaStream | null} */
  #stream = null;

  /** @param {import("@pipecat-ai/client-js").PipecatClientOptions} options */
  setClientOptions({ callbacks = {}, enableMic = true, enableCam = false }) {
    this.#callbacks = callbacks;
    this.isMicEnabled = enableMic;
    this.isCamEnabled = enableCam;
  }

  /** Ask for the devices that are on. */
  async initialize() {
    if (this.#stream !== null || !(this.isMicEnabled || this.isCamEnabled)) return;
    this.#stream = await navigator.mediaDevices.getUserMedia({
      audio: this.isMicEnabled && { echoCancellation: true, noiseSuppression: true },
      video: this.isCamEnabled && { width: 640, height: 480, frameRate: 15 },
    });
    const { audio, video } = this.tracks().local;
    if (audio) this.#callbacks.onMicUpdated?.((this.selectedMic = device(audio)));
    if (video) this.#callbacks.onCamUpdated?.((this.selectedCam = device(video)));
  }

  /** Begin; `initialize` is done again after a `disconnect`. */
  async connect() {
    await this.initialize();
    for (const track of this.#all()) this.#callbacks.onTrackStarted?.(track, LOCAL);
  }

  /** Let go of the devices. */
  async disconnect() {
    for (const track of this.#all()) {
      track.stop();
      this.#callbacks.onTrackStopped?.(track, LOCAL);
    }
    this.#stream = null;
  }

  /** @param {boolean} on */
  enableMic(on) {
    this.isMicEnabled = on;
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = on;
  }

  /** @param {boolean} on */
  enableCam(on) {
    this.isCamEnabled = on;
    for (const track of this.#stream?.getVideoTracks() ?? []) track.enabled = on;
  }

  /** @returns {import("@pipecat-ai/client-js").Tracks} */
  tracks() {
    const audio = this.#stream?.getAudioTracks()[0];
    const video = this.#stream?.getVideoTracks()[0];
    return { local: { ...(audio && { audio }), ...(video && { video }) } };
  }

  #all() {
    return this.#stream?.getTracks() ?? [];
  }
}

/** @param {MediaStreamTrack} track */
const device = (track) => ({
  deviceId: track.getSettings().deviceId,
  kind: `${track.kind}input`,
  label: track.label,
});
