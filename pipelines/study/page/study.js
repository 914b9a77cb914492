/**
 * The page: from the participant's code through all pairs to the thanks.
 *
 * @module study
 */

import { Pair } from "./pair.js";
import { Questions } from "./questions.js";
import { Problem, Server } from "./server.js";

const KEYS = ["1", "2", "3"];
const SOUNDS = ["left", "both", "right"];
const WATCH = "Watch the pair to its end; then you can answer.";
const ANSWER = "Answer now, or play the pair again.";

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
const element = (id) => /** @type {T} */ (document.getElementById(id));

const server = new Server();
const code = /** @type {HTMLInputElement} */ (element("code"));
const next = /** @type {HTMLButtonElement} */ (element("next"));
const replay = /** @type {HTMLButtonElement} */ (element("replay"));
const questions = new Questions(element("questions"), review);
const pair = new Pair(
  /** @type {HTMLVideoElement} */ (element("left")),
  /** @type {HTMLVideoElement} */ (element("right")),
  watched,
);

/** @type {string | null} */
let trial = null;
let begunMs = 0;
let sending = false;
/** @type {() => Promise<void>} what failed last, to be tried again */
let again = async () => {};

code.value = decodeURIComponent(new URLSearchParams(location.hash.slice(1)).get("code") ?? "");
code.focus();

element("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(enter);
});
element("answers").addEventListener("submit", (event) => {
  event.preventDefault();
  if (questions.complete) attempt(send);
});
replay.addEventListener("click", () => attempt(() => pair.play()));
element("sound").addEventListener("change", (event) => {
  pair.hear(/** @type {HTMLInputElement} */ (event.target).value);
});
element("problem-retry").addEventListener("click", () => attempt(again));
document.addEventListener("keydown", press);

/** @param {() => Promise<void>} action */
async function attempt(action) {
  again = action;
  element("problem").hidden = true;
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    element("problem-message").textContent = error.message;
    element("problem").hidden = false;
  }
}

async function enter() {
  const participant = code.value.trim();
  const progress = await server.progress(participant);
  history.replaceState(null, "", `#code=${encodeURIComponent(participant)}`);
  questions.show(await server.questions());
  await show(progress);
}

async function send() {
  if (sending || trial === null) return;
  sending = true;
  next.disabled = true;
  try {
    const seconds = (performance.now() - begunMs) / 1000;
    await show(await server.answer(trial, seconds, questions.choices));
  } finally {
    sending = false;
    review();
  }
}

/** @param {import("./server.js").Progress} progress */
async function show({ answered, total, trial: current, following }) {
  element("welcome").hidden = true;
  element("trial").hidden = current === null;
  element("thanks").hidden = current !== null;
  pair.stop();
  trial = current;
  if (current === null) {
    element("thanks").focus();
    return;
  }
  element("place").textContent = `Pair ${answered + 1} of ${total}`;
  Object.assign(element("progress"), { max: total, value: answered });
  next.textContent = answered + 1 === total ? "Finish" : "Next pair";
  questions.clear();
  questions.open(false);
  replay.disabled = true;
  element("wait").textContent = WATCH;
  review();
  window.scrollTo(0, 0);
  await begin(current, following);
}

/**
 * @param {string} current
 * @param {string | null} following
 */
async function begin(current, following) {
  again = () => begin(current, following);
  await pair.load(await server.clips(current));
  replay.disabled = false;
  begunMs = performance.now();
  await pair.play();
  if (following !== null) server.clips(following).catch(() => {});
}

function watched() {
  element("wait").textContent = ANSWER;
  questions.open(true);
}

function review() {
  next.disabled = sending || !questions.complete;
}

/** @param {KeyboardEvent} event */
function press(event) {
  if (trial === null || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  if (KEYS.includes(key)) {
    const following = questions.choose(KEYS.indexOf(key));
    (following ?? (next.disabled ? null : next))?.focus();
  } else if (key === "r" && !replay.disabled) {
    attempt(() => pair.play());
  } else if (key === "s") {
    turnSound();
  }
}

function turnSound() {
  const inputs = [...element("sound").querySelectorAll("input")];
  const now = inputs.findIndex((input) => input.checked);
  inputs[(now + 1) % SOUNDS.length].checked = true;
  pair.hear(SOUNDS[(now + 1) % SOUNDS.length]);
}

/** For tests and for the curious. */
Object.assign(window, { pair });
