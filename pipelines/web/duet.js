/**
 * The page of a duet: both faces in one picture, both voices in one sound.
 *
 * @module duet
 */

import { Player } from "../sdk/player.js";
import { Session } from "../sdk/session.js";
import { CONNECTIONS, STATES } from "./names.js";

/** @type {("hears" | "sees")[]} */
const SENSES = ["hears", "sees"];

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
const byId = (id) => /** @type {T} */ (document.getElementById(id));

const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? undefined;
const session = new Session({ url: new URL("v1/duet", document.baseURI), token });
const player = new Player(session, /** @type {HTMLCanvasElement} */ (byId("heads")));

/** @typedef {{side: number, text: string, start_us: number, end_us: number}} Line */

/** @param {Line} line */
function say({ side, text, start_us, end_us }) {
  const words = byId(`words-${side}`);
  player.at(start_us, () => {
    words.textContent = text;
    words.classList.remove("over");
  });
  player.at(end_us, () => {
    if (words.textContent === text) words.classList.add("over");
  });
}

/**
 * @param {number} side
 * @param {string} state
 */
function showState(side, state) {
  const chip = byId(`state-${side}`);
  chip.dataset.state = state;
  chip.textContent = STATES[state] ?? state;
}

/** @param {Record<string, boolean>[]} senses of both sides */
function showSenses(senses) {
  senses.forEach((has, side) => {
    for (const sense of SENSES) {
      byId(`${sense}-${side}`).setAttribute("aria-pressed", String(has[sense]));
    }
  });
}

/** @param {string} text */
function trouble(text) {
  byId("trouble").textContent = text;
  byId("trouble").hidden = text === "";
}

for (const side of [0, 1]) {
  for (const sense of SENSES) {
    byId(`${sense}-${side}`).addEventListener("click", () => {
      const has = Object.fromEntries(
        SENSES.map((name) => [name, byId(`${name}-${side}`).ariaPressed === "true"]),
      );
      session.send({ type: "duet.senses", side, ...has, [sense]: !has[sense] });
    });
  }
}

byId("sound").addEventListener("click", async () => {
  try {
    await player.enableSound();
    byId("sound").hidden = true;
  } catch (error) {
    trouble(error instanceof Error ? error.message : String(error));
  }
});

session.on("session.created", ({ duet }) => {
  session.outputRate = duet.rate;
  duet.names.forEach((/** @type {string} */ name, /** @type {number} */ side) => {
    const shown = name.charAt(0).toUpperCase() + name.slice(1);
    const which = side === 0 ? "left" : "right";
    byId(`name-${side}`).textContent = duet.names[0] === duet.names[1] ? `${shown}, ${which}` : shown;
    byId(`words-${side}`).textContent = "";
  });
  duet.states.forEach((/** @type {string} */ state, /** @type {number} */ side) =>
    showState(side, state),
  );
  showSenses(duet.senses);
  for (const line of duet.lines) say(line);
});
session.on("connection", ({ state, problem }) => {
  byId("connection").dataset.state = state;
  byId("connection").textContent = CONNECTIONS[state] ?? state;
  byId("faces").classList.toggle("away", state !== "connected");
  if (state === "connected") {
    byId("faces").classList.add("live");
    trouble("");
  } else if (problem) {
    trouble(`${problem.message} ${problem.advice}`);
  }
});
session.on("duet.line", say);
session.on("duet.state", ({ side, state, media_time_us }) =>
  player.at(media_time_us, () => showState(side, state)),
);
session.on("duet.senses", ({ senses }) => showSenses(senses));
session.on("error", ({ error }) => trouble(error.message));

session.connect();

/** For tests and for the curious. */
Object.assign(window, {
  visavis: {
    session,
    player,
    get stats() {
      return player.stats;
    },
  },
});
