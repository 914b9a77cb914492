// Shows the kiosk's state every few seconds, and asks for what is pressed.

const EVERY_MS = 3000;
const HEADERS = { "x-visavis-admin": "1", "content-type": "application/json" };

const STATES = {
  attract: "waiting for visitors", noticed: "somebody is there", greeting: "greeting",
  conversing: "talking", farewell: "saying goodbye", reset: "forgetting",
};
const STEPS = {
  noticed: "Noticed", greeted: "Greeted", conversed: "Talked with", answered: "Answered",
  handed_off: "Handed to a person", reset: "Forgotten",
};
const FAULTS = {
  camera: "The camera does not work", microphone: "The microphone does not work",
  ears: "Speech recognition does not work", answers: "Answers do not come",
  voice: "The voice does not work", load: "The machine is too slow",
};
const DONE = {
  reset: "The visitor was forgotten.", reload: "The screen was told to reload.",
  restart: "The kiosk restarts. Log in again in a minute.", volume: "The volume was changed.",
};

const at = (id) => document.getElementById(id);
let timer = null;

async function ask(path, body) {
  const posted = body === undefined ? {} : { method: "POST", headers: HEADERS, body: JSON.stringify(body) };
  const answer = await fetch(`/admin/${path}`, { credentials: "same-origin", ...posted });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.error.message), { status: answer.status });
  return told;
}

function tell(text, bad = false) {
  at("notice").classList.toggle("bad", bad);
  at("notice").textContent = text;
}

function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

function element(kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
}

function pairs(list, rows) {
  list.replaceChildren(...rows.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
}

function lasting(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} days`;
}

function show(state) {
  const faults = state.faults.map((name) => FAULTS[name] ?? name);
  const troubles = [...state.reasons, ...faults, ...state.knowledge_problems];
  at("well").textContent = troubles.length ? "Something needs you" : "All is well";
  at("well").classList.toggle("bad", troubles.length > 0);
  at("troubles").replaceChildren(...troubles.map((text) => element("li", text)));
  pairs(at("facts"), [
    ["State", STATES[state.state] ?? state.state ?? "unknown"],
    ["Ready", state.ready ? "yes" : "no"],
    ["Conversations", state.sessions],
    ["Picture", state.rung ? `reduced, step ${state.rung} of 5` : "whole"],
    ["Running for", lasting(state.uptime_s)],
    ["Version", state.version],
  ]);
  pairs(at("visits"), Object.entries(state.visits).map(([step, count]) => [STEPS[step] ?? step, count]));
  at("parts").replaceChildren(...state.parts.map((part) => {
    const row = document.createElement("tr");
    row.append(element("td", part.kind), element("td", part.name), element("td", part.licence));
    return row;
  }));
  if (state.volume !== null && document.activeElement !== at("volume")) loudness(100 * state.volume);
}

function loudness(percent) {
  at("volume").value = percent;
  at("loudness").textContent = `${Math.round(percent)} %`;
}

function outside() {
  clearInterval(timer);
  timer = null;
  at("desk").hidden = true;
  at("entrance").hidden = false;
  at("passcode").focus();
}

function inside(state) {
  at("entrance").hidden = true;
  at("desk").hidden = false;
  show(state);
  timer ??= setInterval(refresh, EVERY_MS);
}

function failed(error) {
  if (error.status === 401) {
    if (timer !== null) tell("You were logged out.", true);
    outside();
  } else {
    tell(error.status ? sentence(error.message) : "The kiosk does not answer.", true);
  }
}

async function refresh() {
  if (document.hidden) return;
  try {
    inside(await ask("state"));
  } catch (error) {
    failed(error);
  }
}

async function act(action, body = {}) {
  try {
    await ask(`do/${action}`, body);
    tell(DONE[action]);
  } catch (error) {
    failed(error);
  }
}

function sure() {
  at("sure").returnValue = "no";
  at("sure").showModal();
  return new Promise((decided) => {
    at("sure").addEventListener("close", () => decided(at("sure").returnValue === "yes"), { once: true });
  });
}

at("entrance").addEventListener("submit", async (event) => {
  event.preventDefault();
  const passcode = at("passcode").value;
  at("passcode").value = "";
  try {
    await ask("login", { passcode });
    tell("");
    await refresh();
    at("now").setAttribute("tabindex", "-1");
    at("now").focus();
  } catch (error) {
    tell(error.status ? sentence(error.message) : "The kiosk does not answer.", true);
    at("passcode").focus();
  }
});

at("leave").addEventListener("click", async () => {
  await ask("logout", {}).catch(failed);
  tell("You are logged out.");
  outside();
});

for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", async () => {
    const { action } = button.dataset;
    if (action !== "restart" || await sure()) await act(action);
  });
}

at("volume").addEventListener("input", () => loudness(at("volume").value));
at("volume").addEventListener("change", () => act("volume", { volume: at("volume").value / 100 }));

refresh();
