/**
 * visavis in a browser: ES modules, no build step, no dependencies.
 *
 *     const client = new VisavisClient({ url: "https://host/v1/realtime", token, canvas });
 *     await client.connect();                               // the head looks at you
 *     button.onclick = () => client.setMicrophone(true);    // needs a gesture; rejects with a Problem
 *
 * Beneath it is the open protocol `visavis.1`; nothing here knows more of the server than that says.
 *
 * @module visavis
 */

export { Camera } from "./camera.js";
export { VisavisClient } from "./client.js";
export { MediaClock } from "./clock.js";
export { decodable } from "./decoding.js";
export { Problem } from "./errors.js";
export { Flag, Kind, decode, encode } from "./media.js";
export { Microphone } from "./microphone.js";
export { applyMotion, motionOf, namedMotion, presets } from "./morphs.js";
export { Player } from "./player.js";
export { Session } from "./session.js";
