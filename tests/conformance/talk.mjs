// node talk.mjs PORT QUESTION: OpenAI's client talks; the last line is what it saw, as JSON.
// QUESTION is a file of PCM16, mono, 24 kHz.
import fs from "node:fs";
import net from "node:net";
import { OpenAI } from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";

const RATE = 24_000;
const [port, question] = process.argv.slice(2);
const seen = { types: {}, errors: [], typed: null, spoken: null };
let sound = 0;
let transcript = "";

const client = new OpenAI({ apiKey: "none", baseURL: `http://127.0.0.1:${port}/v1` });
const connection = new OpenAIRealtimeWS(
  {
    model: "visavis",
    // The client insists on wss://; this is the plain line below it.
    options: { createConnection: (at) => net.connect(at.port, at.host) },
  },
  client,
);

const until = (type, seconds = 20) =>
  new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`no ${type} in ${seconds} s`)), seconds * 1000);
    connection.once(type, (event) => {
      clearTimeout(limit);
      resolve(event);
    });
  });

const answered = async (done) => {
  const { response } = await done;
  const answer = { status: response.status, seconds: sound / 2 / RATE, transcript };
  sound = 0;
  transcript = "";
  return answer;
};

connection.on("event", (event) => {
  seen.types[event.type] = (seen.types[event.type] ?? 0) + 1;
});
connection.on("error", (error) => seen.errors.push(error.message));
connection.on("response.output_audio.delta", (event) => {
  sound += Buffer.from(event.delta, "base64").length;
});
connection.on("response.output_audio_transcript.delta", (event) => {
  transcript += event.delta;
});

try {
  await until("session.created");
  connection.send({
    type: "session.update",
    session: {
      type: "realtime",
      output_modalities: ["audio"],
      audio: {
        input: {
          format: { type: "audio/pcm", rate: RATE },
          turn_detection: { type: "semantic_vad" },
        },
        output: { format: { type: "audio/pcm", rate: RATE }, voice: "marin" },
      },
    },
  });
  await until("session.updated");

  connection.send({
    type: "conversation.item.create",
    item: {
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "What is the address of this building?" }],
    },
  });
  connection.send({ type: "response.create" });
  seen.typed = await answered(until("response.done"));

  const heard = until("conversation.item.input_audio_transcription.completed");
  const spoken = until("response.done", 30);
  const pcm = Buffer.concat([fs.readFileSync(question), Buffer.alloc(2 * 2 * RATE)]);
  connection.send({ type: "input_audio_buffer.append", audio: pcm.toString("base64") });
  seen.heard = await heard;
  seen.spoken = await answered(spoken);
} catch (error) {
  seen.errors.push(error.message);
}
connection.close();
console.log(JSON.stringify(seen));
