/**
 * The kiosk's page: a session, what shows and hears it, and what a visitor can do.
 *
 * @module kiosk
 */

import { VisavisClient } from "../../sdk/client.js";
import { Kind } from "../../sdk/media.js";
import { Captions } from "../captions.js";
import { Asking } from "./asking.js";
import { Away } from "./away.js";
import { showHouse } from "./branding.js";
import { Choices } from "./choices.js";
import { Devices } from "./devices.js";
import { house, patiently } from "./house.js";
import { Keyboard } from "./keyboard.js";
import { Offers } from "./offers.js";
import { TalkButton } from "./talk.js";
import { followTouch } from "./touch.js";
import { Visit } from "./visit.js";
import { Wording } from "./wording.js";

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
const element = (id) => /** @type {T} */ (document.getElementById(id));

const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? undefined;
const wording = new Wording();
const away = new Away(element, wording);
wording.use(navigator.language.slice(0, 2));
const screen = await patiently(token, () => away.lost());

const client = new VisavisClient({
  token,
  canvas: /** @type {HTMLCanvasElement} */ (element("head")),
});
const { session, player, microphone } = client;
const devices = new Devices(client);
const visit = new Visit(element, wording, devices, screen);
const choices = new Choices(element, wording, client);
const asking = new Asking(element, wording, session);
const offers = new Offers(element, wording, visit, { ask, choose });
const field = /** @type {HTMLInputElement} */ (element("text"));
const keyboard = new Keyboard(element("keyboard"), field, wording);
const talk = new TalkButton(/** @type {HTMLButtonElement} */ (element("talk")), talking);
const captions = new Captions(
  { at: (timeUs, show) => (visit.textOnly ? show() : player.at(timeUs, show)) },
  {
    user: element("caption-user"),
    assistant: element("caption-assistant"),
    log: element("spoken"),
  },
);
let conversations = 0;

visit.stillWhen(() => choices.still);
captions.follow(session);
furnish(screen);
speak(screen.languages[0].code);
followTouch(() => session.send({ type: "kiosk.touch" }));
element("begin").addEventListener("click", () => {
  element("phrase").focus({ preventScroll: true });
  void devices.try();
});
element("done").addEventListener("click", () => session.send({ type: "kiosk.reset" }));
choices.onchange = hear;
devices.addEventListener("change", () => {
  offers.render();
  hear();
});
away.onleft = () => {
  visit.show({ state: "attract", language: screen.languages[0].code });
  forget();
};

session.on("connection", ({ state }) => away.connection(state));
session.on("conversation", ({ resumed }) => {
  conversations += 1;
  if (resumed) return;
  forget();
  if (conversations > 1) void house(token).then((anew) => anew && furnish(anew));
});
session.on("kiosk.state", (event) => {
  const before = visit.state;
  visit.show(event);
  if (event.language !== wording.language) speak(event.language);
  if (event.state !== before && ["reset", "attract"].includes(event.state)) forget();
  offers.render();
  hear();
});
session.on("kiosk.page", ({ reload, volume }) => {
  if (volume !== null) choices.loudness(volume);
  if (reload) location.reload();
});
session.on("kiosk.hint", () => offers.stuck());
session.on("kiosk.sources", ({ sources }) => cite(sources));
session.on("caption.done", ({ role }) => {
  if (role === "user") cite([]);
});
session.on("avatar.state", ({ state, media_time_us: timeUs }) => {
  player.at(timeUs, () => visit.doing(state));
});
session.on("media", ({ kind }) => {
  if (kind === Kind.AVATAR_PICTURE) element("stage").classList.add("live");
});

devices.begin(screen);
void client.connect().catch(() => away.connection(client.state));

/** @param {import("./visit.js").Screen} told what the house says of itself */
function furnish(told) {
  document.body.dataset.layout = told.layout;
  showHouse(told, element);
  visit.house(told);
  element("call").hidden = !told.can_call;
  offers.house(told.languages);
  choices.house(told);
  visit.render();
  offers.render();
}

/** @param {string} code of the language to show everything in */
function speak(code) {
  wording.use(code);
  captions.introduce(wording.of("assistant"), wording.of("you"));
  for (const part of [visit, choices, asking, away, offers, keyboard]) part.render();
  showTalk();
}

/** @param {string} text of a question */
function ask(text) {
  captions.written(text);
  client.sendText(text);
}

/** @param {string} language that the visitor has pressed */
function choose(language) {
  session.send({ type: "kiosk.touch" });
  client.updateConfig({ language });
}

/** @param {boolean} on whether the visitor talks by the button */
function talking(on) {
  if (on) client.interrupt();
  hear();
  showTalk();
  if (!on && choices.byButton) client.endTurn();
}

function showTalk() {
  element("talk-text").textContent = wording.of(talk.on ? "talking" : "talk");
}

/** Nothing is listened to that would not be understood, or was not meant to be. */
function hear() {
  microphone.muted = !visit.language.ears || (choices.byButton && !talk.on);
}

/** @param {string[]} sources of the answer */
function cite(sources) {
  element("sources").textContent =
    sources.length === 0 ? "" : `${wording.of("sources")}: ${sources.join(" · ")}`;
  element("sources").hidden = sources.length === 0;
}

/** Whoever was there was never there. */
function forget() {
  captions.forget();
  cite([]);
  talk.stop();
  offers.forget();
  asking.forget();
  keyboard.forget();
  choices.forget();
  getSelection()?.removeAllRanges();
  scrollTo(0, 0);
}

/** For tests and for the curious. */
Object.assign(window, {
  visavis: {
    client,
    get stats() {
      return player.stats;
    },
  },
});
