/**
 * What the avatar is made of, under which licences, and what would make it better.
 *
 * @module about
 */

/** @type {Record<string, string>} */
const KINDS = {
  stt: "Ears",
  llm: "Mind",
  tts: "Voice",
  voice: "Voice",
  generator: "Motion",
  renderer: "Face",
  tracker: "Eyes",
};

/** @typedef {{kind: string, name: string, title: string, licence: string, advice?: string | null}} PartFacts */

/**
 * @param {{parts?: PartFacts[], recording?: boolean}} facts of `session.created`
 * @param {{recording: HTMLElement, parts: HTMLElement}} places
 */
export function showFacts({ parts = [], recording = false }, places) {
  places.recording.textContent = recording
    ? "The operator of this server records conversations."
    : "Nothing that you say or show is stored.";
  places.parts.replaceChildren(...parts.map(itemOf));
}

/** @param {PartFacts} part */
function itemOf({ kind, title, licence, advice }) {
  const item = document.createElement("li");
  const head = line("kind", "");
  head.append(line("", KINDS[kind] ?? kind, "span"), line("", licence, "span"));
  item.append(head, line("title", title));
  if (advice) item.append(line("advice", advice));
  return item;
}

/**
 * @param {string} name of the class
 * @param {string} text
 * @param {"p" | "span"} tag
 */
function line(name, text, tag = "p") {
  const element = document.createElement(tag);
  if (name !== "") element.className = name;
  element.textContent = text;
  return element;
}
