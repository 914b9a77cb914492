/**
 * Encoded pictures made into something that a canvas draws.
 *
 * @module decoding
 */

import { Flag } from "./media.js";

/** Single pictures that may be in the decoder; more means that this computer is too slow for all. */
const MOST_DECODING = 4;

/** Pictures of a video that may wait to be decoded: one second. */
const MOST_QUEUED = 25;

/** How WebCodecs calls the codecs of the protocol. */
const NAMES = { h264: "avc1.42E01F", vp8: "vp8" };

/** What the server's colours are; a browser takes a video that does not say for something else. */
const COLOURS = /** @type {const} */ ({
  matrix: "smpte170m",
  primaries: "smpte170m",
  transfer: "smpte170m",
  fullRange: false,
});

/**
 * @typedef {{turn: number, mediaTimeUs: number, width: number, height: number,
 *   image: ImageBitmap | VideoFrame}} Picture
 * @typedef {(picture: Picture) => void} Show
 */

/** JPEG: each picture by itself. */
export class StillDecoder {
  #show;
  #decoding = 0;
  #closed = false;

  /** Pictures that were not decoded. */
  dropped = 0;

  /** @param {Show} show */
  constructor(show) {
    this.#show = show;
  }

  /** @param {import("./media.js").MediaFrame} frame */
  async add({ turn, mediaTimeUs, payload }) {
    if (this.#decoding >= MOST_DECODING) {
      this.dropped += 1;
      return;
    }
    this.#decoding += 1;
    try {
      const image = await createImageBitmap(new Blob([payload], { type: "image/jpeg" }));
      const { width, height } = image;
      if (this.#closed) image.close();
      else this.#show({ turn, mediaTimeUs, width, height, image });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.dropped += 1;
    } finally {
      this.#decoding -= 1;
    }
  }

  close() {
    this.#closed = true;
  }
}

/** H.264 and VP8 by WebCodecs: each picture needs those before it. */
export class ChunkDecoder {
  #show;
  #lost;
  #codec;
  /** @type {VideoDecoder | null} */
  #decoder = null;
  /** @type {Map<number, number>} turns by the media time of what is in the decoder */
  #turns = new Map();

  dropped = 0;

  /**
   * @param {"h264" | "vp8"} codec
   * @param {Show} show
   * @param {() => void} lost asks the server for a picture that needs none before it
   */
  constructor(codec, show, lost) {
    this.#codec = codec;
    this.#show = show;
    this.#lost = lost;
  }

  /** @param {import("./media.js").MediaFrame} frame */
  add({ turn, mediaTimeUs, payload, flags }) {
    const key = (flags & Flag.KEYFRAME) !== 0;
    if (this.#decoder !== null && this.#decoder.decodeQueueSize > MOST_QUEUED) this.close();
    if (this.#decoder === null) {
      if (!key) {
        this.dropped += 1;
        this.#lost();
        return;
      }
      this.#decoder = this.#open();
    }
    this.#turns.set(mediaTimeUs, turn);
    const type = key ? "key" : "delta";
    this.#decoder.decode(new EncodedVideoChunk({ type, timestamp: mediaTimeUs, data: payload }));
  }

  close() {
    if (this.#decoder?.state === "configured") this.#decoder.close();
    this.#decoder = null;
    this.#turns.clear();
  }

  #open() {
    const decoder = new VideoDecoder({
      output: (image) => {
        const turn = this.#turns.get(image.timestamp) ?? 0;
        this.#turns.delete(image.timestamp);
        const { displayWidth: width, displayHeight: height, timestamp: mediaTimeUs } = image;
        this.#show({ turn, mediaTimeUs, width, height, image });
      },
      error: () => {
        if (this.#decoder === decoder) this.close();
        this.#lost();
      },
    });
    decoder.configure({
      codec: NAMES[this.#codec],
      optimizeForLatency: true,
      colorSpace: COLOURS,
    });
    return decoder;
  }
}

/**
 * The codecs that this browser decodes, the one with the fewest bits for its work first.
 *
 * @returns {Promise<("jpeg" | "h264" | "vp8")[]>}
 */
export async function decodable() {
  /** @type {("jpeg" | "h264" | "vp8")[]} */
  const known = [];
  if (typeof VideoDecoder !== "undefined") {
    for (const codec of /** @type {const} */ (["h264", "vp8"])) {
      const { supported } = await VideoDecoder.isConfigSupported({ codec: NAMES[codec] });
      if (supported) known.push(codec);
    }
  }
  return [...known, "jpeg"];
}
