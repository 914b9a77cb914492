// Talk with visavis through the OpenAI SDK: `npm install openai ws`, `visavis serve --tls auto`, then
//   NODE_TLS_REJECT_UNAUTHORIZED=0 node talk.mjs "When are you open?"
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";

const question = process.argv[2] ?? "When are you open?";
const server = process.argv[3] ?? "https://localhost:8765/v1";
const client = new OpenAI({ baseURL: server, apiKey: process.env.VISAVIS_TOKEN ?? "none" });
const connection = new OpenAIRealtimeWS({ model: "visavis" }, client);
let words = "";

connection.socket.on("open", () => {
  const content = [{ type: "input_text", text: question }];
  connection.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  connection.send({ type: "response.create" });
});
connection.on("error", (error) => console.error(error.message));
connection.on("response.output_audio_transcript.delta", ({ delta }) => (words += delta));
connection.on("response.done", () => {
  console.log(words);
  connection.close();
});
