/**
 * Binary media frames: a header of 16 bytes, little endian, and a payload.
 *
 * | offset | type | field                      |
 * |--------|------|----------------------------|
 * | 0      | u8   | version, 1                 |
 * | 1      | u8   | kind                       |
 * | 2      | u16  | flags                      |
 * | 4      | u32  | turn                       |
 * | 8      | u64  | media time in microseconds |
 *
 * @module media
 */

export const VERSION = 1;
export const HEADER_BYTES = 16;

/** What the payload is. Kinds that are not listed are to be ignored. */
export const Kind = Object.freeze({
  USER_AUDIO: 1,
  AVATAR_AUDIO: 2,
  AVATAR_PICTURE: 3,
  USER_MOTION: 4,
  AVATAR_MOTION: 5,
  USER_PICTURE: 6,
});

/** What is said of a frame beside its kind. */
export const Flag = Object.freeze({ LAST_PIECE: 1, SPEAKING: 2, BACKCHANNEL: 4, KEYFRAME: 8 });

/**
 * @typedef {object} MediaFrame
 * @property {number} kind one of `Kind`, or a number that this version does not know
 * @property {number} flags bits of `Flag`
 * @property {number} turn 0 for idle and listening pictures, backchannels and the user's media
 * @property {number} mediaTimeUs microseconds on the sender's clock for this direction
 * @property {Uint8Array<ArrayBuffer>} payload
 */

/**
 * The bytes of a frame.
 *
 * @param {number} kind
 * @param {number} mediaTimeUs
 * @param {ArrayBuffer} payload
 * @param {{turn?: number, flags?: number}} [more]
 * @returns {ArrayBuffer}
 */
export function encode(kind, mediaTimeUs, payload, { turn = 0, flags = 0 } = {}) {
  const frame = new Uint8Array(HEADER_BYTES + payload.byteLength);
  const header = new DataView(frame.buffer);
  header.setUint8(0, VERSION);
  header.setUint8(1, kind);
  header.setUint16(2, flags, true);
  header.setUint32(4, turn, true);
  header.setBigUint64(8, BigInt(Math.max(0, Math.round(mediaTimeUs))), true);
  frame.set(new Uint8Array(payload), HEADER_BYTES);
  return frame.buffer;
}

/**
 * The frame in some bytes; null when they are none that this version can read.
 *
 * @param {ArrayBuffer} bytes
 * @returns {MediaFrame | null}
 */
export function decode(bytes) {
  if (bytes.byteLength < HEADER_BYTES) return null;
  const header = new DataView(bytes);
  if (header.getUint8(0) !== VERSION) return null;
  return {
    kind: header.getUint8(1),
    flags: header.getUint16(2, true),
    turn: header.getUint32(4, true),
    mediaTimeUs: Number(header.getBigUint64(8, true)),
    payload: new Uint8Array(bytes, HEADER_BYTES),
  };
}

/**
 * Samples in [-1, 1) from PCM16.
 *
 * @param {Uint8Array<ArrayBuffer>} pcm
 * @returns {Float32Array<ArrayBuffer>}
 */
export function samplesOf(pcm) {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const samples = new Float32Array(pcm.byteLength >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(2 * i, true) / 32768;
  return samples;
}
