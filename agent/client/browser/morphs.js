/**
 * The avatar's motion on any head: morph targets of a glTF or VRM that three.js has loaded.
 *
 *     const client = new VisavisClient({ canvas, motion: true, video: null });
 *     client.on("session.created", ({ session }) => (names = session.avatar.motion.names));
 *     client.onMotion((values) => applyMotion(namedMotion(names, values), { meshes, head }));
 *
 * @module morphs
 */

/**
 * @typedef {Record<string, number>} NamedMotion 52 coefficients in [0, 1] by ARKit's names, and
 *   `headYaw`, `headPitch`, `headRoll` in radians
 * @typedef {{morphTargetDictionary?: Record<string, number>, morphTargetInfluences?: number[]}} Mesh
 * @typedef {{rotation: {set(x: number, y: number, z: number, order?: string): void}}} Bone
 * @typedef {{setValue(name: string, value: number): void, getExpression?(name: string): unknown}} Expressions
 */

/** The 58 float32 of a motion frame. @param {Uint8Array} payload */
export function motionOf(payload) {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return Float32Array.from({ length: 58 }, (_, channel) => view.getFloat32(4 * channel, true));
}

/**
 * @param {string[]} names of `session.avatar.motion.names`
 * @param {ArrayLike<number>} values
 * @returns {NamedMotion}
 */
export function namedMotion(names, values) {
  return Object.fromEntries(names.map((name, channel) => [name, values[channel]]));
}

/**
 * Move a head. Morph targets may be called as ARKit calls them, in any case, with or without a
 * prefix (`Head.jawOpen`, `JawOpen`, `blendShape1.jawOpen`).
 *
 * @param {NamedMotion} motion
 * @param {{meshes?: Mesh[], head?: Bone, expressions?: Expressions}} target `expressions` is a VRM's
 *   expressionManager: ARKit's names where it has them (“perfect sync”), else VRM's presets
 */
export function applyMotion(motion, { meshes = [], head, expressions }) {
  for (const mesh of meshes) applyMorphs(motion, mesh);
  head?.rotation.set(-motion.headPitch, motion.headYaw, -motion.headRoll, "YXZ");
  if (expressions !== undefined) applyExpressions(motion, expressions);
}

/**
 * @param {NamedMotion} motion
 * @param {Mesh} mesh
 */
function applyMorphs(motion, { morphTargetDictionary, morphTargetInfluences }) {
  if (morphTargetDictionary === undefined || morphTargetInfluences === undefined) return;
  for (const [target, place] of Object.entries(morphTargetDictionary)) {
    const name = target.slice(target.lastIndexOf(".") + 1);
    const value = motion[name.charAt(0).toLowerCase() + name.slice(1)];
    if (value !== undefined) morphTargetInfluences[place] = value;
  }
}

/**
 * @param {NamedMotion} motion
 * @param {Expressions} expressions
 */
function applyExpressions(motion, expressions) {
  const has = (/** @type {string} */ name) => expressions.getExpression?.(name) != null;
  if (has("jawOpen") || has("JawOpen")) {
    for (const [name, value] of Object.entries(motion)) {
      const known = has(name) ? name : name.charAt(0).toUpperCase() + name.slice(1);
      if (has(known)) expressions.setValue(known, value);
    }
    return;
  }
  for (const [name, value] of Object.entries(presets(motion))) expressions.setValue(name, value);
}

/**
 * VRM's presets, for heads without ARKit's shapes.
 *
 * @param {NamedMotion} motion
 * @returns {Record<string, number>}
 */
export function presets(motion) {
  const both = (/** @type {string} */ name) => (motion[`${name}Left`] + motion[`${name}Right`]) / 2;
  const round = Math.max(motion.mouthFunnel, motion.mouthPucker);
  const open = motion.jawOpen * (1 - round);
  const wide = both("mouthStretch");
  return {
    aa: Math.min(1, 1.4 * open),
    ou: Math.min(1, motion.mouthPucker),
    oh: Math.min(1, motion.mouthFunnel),
    ih: Math.min(1, wide),
    ee: Math.min(1, 0.5 * wide),
    blinkLeft: motion.eyeBlinkLeft,
    blinkRight: motion.eyeBlinkRight,
    happy: both("mouthSmile"),
    sad: both("mouthFrown"),
    surprised: motion.browInnerUp * both("eyeWide"),
  };
}
