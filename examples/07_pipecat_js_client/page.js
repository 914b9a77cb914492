/**
 * The smallest page that talks with a face: pipecat's own client, and what the face adds to it.
 *
 * @module page
 */

import { PipecatClient, RTVIEvent } from "@pipecat-ai/client-js";
import { SmallWebRTCTransport } from "@pipecat-ai/small-webrtc-transport";
import { BrowserMedia } from "./media.js";

const server = new URLSearchParams(location.search).get("server") ?? "http://localhost:8765";
const element = (id) => document.getElementById(id);
const stream = new MediaStream();

/** The conversation; on the window, for a look from the browser's console. */
export const client = (window.client = new PipecatClient({
  transport: new SmallWebRTCTransport({
    mediaManager: new BrowserMedia(),
    webrtcRequestParams: { endpoint: `${server}/api/offer` },
  }),
  enableMic: true,
  enableCam: true,
}));

client.on(RTVIEvent.TrackStarted, (track, participant) => {
  if (participant?.local) return;
  stream.addTrack(track);
  element("head").srcObject ??= stream;
});
client.on(RTVIEvent.TrackStopped, (track) => stream.removeTrack(track));

client.on(RTVIEvent.TransportStateChanged, (state) => {
  element("start").textContent = state === "disconnected" || state === "error" ? "Start" : "Stop";
  element("text").disabled = element("reactions").disabled = state !== "ready";
});

client.on(RTVIEvent.ServerMessage, (event) => {
  if (event.type === "avatar.state") element("state").textContent = event.state;
  if (event.type === "avatar.reaction") element("reaction").textContent = event.kind;
  if (event.type !== "caption.done") return;
  const line = document.createElement("li");
  line.textContent = `${event.role}: ${event.text}`;
  element("captions").append(line);
});

const attempt = async (action) => {
  element("problem").textContent = "";
  try {
    await action();
  } catch (error) {
    element("problem").textContent = error.message ?? error.data?.error ?? String(error);
  }
};

element("start").addEventListener("click", ({ target }) =>
  attempt(() => (target.textContent === "Start" ? client.connect() : client.disconnect())),
);

element("reactions").addEventListener("change", ({ target }) =>
  attempt(() => client.sendClientRequest("avatar.config.update", { reactions: target.value })),
);

element("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = element("text").value.trim();
  element("text").value = "";
  if (words) void attempt(() => client.sendText(words));
});
