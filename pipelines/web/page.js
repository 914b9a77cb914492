/**
 * The page: a session, what shows and hears it, and the controls around them.
 *
 * @module page
 */

import { VisavisClient } from "../sdk/client.js";
import { Problem } from "../sdk/errors.js";
import { showFacts } from "./about.js";
import { Captions } from "./captions.js";
import { Controls } from "./controls.js";
import { Notices } from "./notices.js";
import { Status } from "./status.js";

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
const element = (id) => /** @type {T} */ (document.getElementById(id));

const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? undefined;
const client = new VisavisClient({
  token,
  canvas: /** @type {HTMLCanvasElement} */ (element("head")),
  preview: /** @type {HTMLVideoElement} */ (element("camera-preview")),
});
const { session, player, microphone, camera } = client;
const captions = new Captions(player, {
  user: element("caption-user"),
  assistant: element("caption-assistant"),
  log: element("spoken"),
});
const notices = new Notices(element("observed"), element("observed-none"), element("figures"));
const status = new Status(element);
const controls = new Controls(element, { session, player, microphone, camera, captions, status });

captions.follow(session);

session.on("connection", (event) => {
  status.connection(event.state, event.problem);
  controls.connected(event.state === "connected");
});
session.on("session.created", (event) => {
  const facts = event.session.avatar;
  const name = facts.name.charAt(0).toUpperCase() + facts.name.slice(1);
  captions.introduce(name);
  status.introduce({ ...facts, name });
  controls.introduce(facts);
  const [width, height] = facts.video.sizes[0];
  element("frame").style.setProperty("--aspect", String(width / height));
  showFacts(facts, { recording: element("about-recording"), parts: element("parts") });
});
session.on("conversation", ({ resumed }) => {
  if (resumed) return;
  captions.clear();
  notices.clear();
});
session.on("avatar.state", (event) => {
  controls.busy(event.state === "speaking" || event.state === "thinking");
  player.at(event.media_time_us, () => status.avatar(event.state));
});
session.on("avatar.flush", () => controls.busy(false));
session.on("avatar.reaction", (event) => {
  if (event.cause === "policy" || event.cause === "unknown") return;
  player.at(event.media_time_us, () => notices.add(event));
});
session.on("avatar.metrics", (event) => {
  notices.measure({ ...event, fps: player.stats.fps, late: 100 * event.late });
});
session.on("error", (event) => {
  status.problem(new Problem("refused", "The server could not do that.", event.error.message));
});

void client.connect().catch((problem) => status.problem(problem));

/** For tests and for the curious. */
Object.assign(window, {
  visavis: {
    client,
    session,
    player,
    microphone,
    camera,
    get stats() {
      return player.stats;
    },
  },
});
