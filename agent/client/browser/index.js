/**
 * visavis in a browser: ES modules, no build step, no dependencies.
 *
 *     const session = new Session({ url: new URL("/v1/realtime", location.href) });
 *     const player = new Player(session, canvas);
 *     const microphone = new Microphone(
 *       (pcm, timeUs) => session.sendSound(pcm, timeUs),
 *       () => session.mediaTimeUs(),
 *     );
 *     session.connect();                       // the head looks at you
 *     button.onclick = async () => {
 *       await player.enableSound();            // needs a gesture
 *       await microphone.start();              // rejects with a Problem that says what to do
 *     };
 *
 * Beneath it is the open protocol `visavis.1`; nothing here knows more of the server than that says.
 *
 * @module visavis
 */

export { Camera } from "./camera.js";
export { MediaClock } from "./clock.js";
export { Problem } from "./errors.js";
export { Flag, Kind, decode, encode } from "./media.js";
export { Microphone } from "./microphone.js";
export { Player } from "./player.js";
export { Session } from "./session.js";
