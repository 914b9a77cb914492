// @ts-check
/**
 * The landmark editor: points on the portrait that can be dragged or moved with the arrow keys, and
 * beside it the avatar, which talks with the landmarks as they are.
 *
 * @module editor
 */

/** @typedef {[number, number]} Point */
/** @typedef {Record<string, Point[]>} Groups */

const SVG = "http://www.w3.org/2000/svg";
const AROUND = ["head", "neck"];
const RADIUS = 3.2;
const STEP = 0.5;
const SETTLE_MS = 250;
const FRAME_MS = 66;

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const sheet = element("sheet");
const svg = element("points");
const said = element("said");
const result = /** @type {HTMLImageElement} */ (element("result"));
const undo = /** @type {HTMLButtonElement} */ (element("undo"));
const zoom = /** @type {HTMLInputElement} */ (element("zoom"));
const only = /** @type {HTMLInputElement} */ (element("only"));

/** @type {Groups} */
let groups = {};
let size = 512;
/** @type {Groups[]} */
const before = [];
let timer = 0;
/** @type {Promise<void>} */
let sending = Promise.resolve();

/** @param {Groups} from @returns {Groups} */
const copy = (from) => structuredClone(from);

/** @param {string} message @param {boolean} [wrong] */
function tell(message, wrong = false) {
  said.textContent = message;
  said.classList.toggle("wrong", wrong);
}

/** Draw all points and the lines between those of a group. */
function draw() {
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.replaceChildren();
  for (const [name, points] of Object.entries(groups)) {
    if (only.checked && AROUND.includes(name)) continue;
    const line = document.createElementNS(SVG, "polyline");
    line.dataset.group = name;
    svg.append(line);
    points.forEach((_, index) => svg.append(handle(name, index)));
    join(name);
  }
}

/** @param {string} name */
function join(name) {
  const line = svg.querySelector(`polyline[data-group="${name}"]`);
  if (["iris_left", "iris_right", "cheek", "nose", "neck"].includes(name)) return;
  line?.setAttribute("points", groups[name].map(([x, y]) => `${x + 0.5},${y + 0.5}`).join(" "));
}

/** @param {string} name @param {number} index */
function handle(name, index) {
  const dot = document.createElementNS(SVG, "circle");
  dot.setAttribute("r", String((RADIUS * size) / 512 / Math.sqrt(Number(zoom.value))));
  dot.setAttribute("tabindex", "0");
  dot.setAttribute("role", "button");
  dot.setAttribute("aria-label", `${name.replaceAll("_", " ")} ${index + 1}`);
  dot.dataset.group = name;
  dot.dataset.index = String(index);
  place(dot, groups[name][index]);
  dot.addEventListener("pointerdown", (event) => hold(dot, event));
  dot.addEventListener("keydown", (event) => nudge(dot, event));
  return dot;
}

/** @param {Element} dot @param {Point} point */
function place(dot, [x, y]) {
  dot.setAttribute("cx", String(x + 0.5));
  dot.setAttribute("cy", String(y + 0.5));
}

/** @param {SVGElement} dot @param {Point} point */
function move(dot, [x, y]) {
  const name = dot.dataset.group ?? "";
  const around = AROUND.includes(name);
  const clip = (/** @type {number} */ v) => (around ? v : Math.min(size - 1, Math.max(0, v)));
  /** @type {Point} */
  const point = [Math.round(clip(x) * 100) / 100, Math.round(clip(y) * 100) / 100];
  groups[name][Number(dot.dataset.index)] = point;
  place(dot, point);
  join(name);
}

/** @param {SVGElement} dot @param {PointerEvent} event */
function hold(dot, event) {
  event.preventDefault();
  remember();
  dot.setPointerCapture(event.pointerId);
  dot.classList.add("held");
  const drag = (/** @type {PointerEvent} */ moved) => {
    const box = svg.getBoundingClientRect();
    move(dot, [
      ((moved.clientX - box.left) / box.width) * size - 0.5,
      ((moved.clientY - box.top) / box.height) * size - 0.5,
    ]);
  };
  const drop = () => {
    dot.removeEventListener("pointermove", drag);
    dot.classList.remove("held");
    void send();
  };
  dot.addEventListener("pointermove", drag);
  dot.addEventListener("pointerup", drop, { once: true });
  dot.addEventListener("pointercancel", drop, { once: true });
}

/** @param {SVGElement} dot @param {KeyboardEvent} event */
function nudge(dot, event) {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const way = ways[/** @type {keyof typeof ways} */ (event.key)];
  if (way === undefined) return;
  event.preventDefault();
  if (timer === 0) remember();
  const [x, y] = groups[dot.dataset.group ?? ""][Number(dot.dataset.index)];
  const step = event.shiftKey ? 10 * STEP : STEP;
  move(dot, [x + step * way[0], y + step * way[1]]);
  clearTimeout(timer);
  timer = setTimeout(() => void send(), SETTLE_MS);
}

function remember() {
  before.push(copy(groups));
  undo.disabled = false;
}

/** Tell the server where the points are; changes arrive in order. */
function send() {
  clearTimeout(timer);
  timer = 0;
  sending = sending.then(tellServer);
  return sending;
}

async function tellServer() {
  const answer = await fetch("api/landmarks", {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ groups }),
  });
  if (answer.ok) tell("Not saved yet.");
  else tell(String((await answer.json()).detail), true);
}

undo.addEventListener("click", () => {
  groups = before.pop() ?? groups;
  undo.disabled = before.length === 0;
  draw();
  void send();
});
element("save").addEventListener("click", async () => {
  await (timer === 0 ? sending : send());
  const answer = await fetch("api/save", { method: "POST" });
  const told = await answer.json();
  if (answer.ok) tell(`Saved ${told.saved}.`);
  else tell(String(told.detail), true);
});
zoom.addEventListener("input", () => {
  sheet.style.width = `${100 * Number(zoom.value)}%`;
  draw();
});
only.addEventListener("change", draw);

/** Show the avatar picture after picture, each when the one before has come. */
function play(/** @type {number} */ from) {
  const started = performance.now();
  result.addEventListener(
    "load",
    () => setTimeout(() => play(from), Math.max(0, FRAME_MS - (performance.now() - started))),
    { once: true },
  );
  result.addEventListener("error", () => setTimeout(() => play(from), 1000), { once: true });
  result.src = `api/frame.jpg?t=${((performance.now() - from) / 1000).toFixed(3)}`;
}

const bundle = await (await fetch("api/bundle")).json();
({ groups, size } = bundle);
element("name").textContent = `Landmarks of ${bundle.name}`;
/** @type {HTMLImageElement} */ (element("portrait")).src = "api/portrait.png";
draw();
play(performance.now());

/** For tests and for the curious. */
Object.assign(window, { editor: { groups: () => copy(groups) } });
