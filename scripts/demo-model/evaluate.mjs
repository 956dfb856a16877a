// Asks a GGUF file every held-out question through oslm itself, and prints the share answered rightly: the answer is
// the written one to the letter, and the model ended it by itself.
// Usage: node scripts/demo-model/evaluate.mjs [model.gguf] [questions.txt] [--wrong]
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../bundle.mjs";

await bundle(
  {
    "local-model": "src/app/run/local-model.ts",
    session: "src/app/run/open-session.ts",
    host: "src/fit/probe/host.ts",
    engine: "src/runtime/llama/engine.ts",
    worker: "src/runtime/template/worker.ts",
  },
  "dist/evaluate",
);
const part = async (name) => (await import(`../../dist/evaluate/parts/${name}.js`)).default;
const { findLocal } = await part("local-model");
const { openSession } = await part("session");
const { probeHost } = await part("host");
const { createLlamaEngine } = await part("engine");

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const lines = (path) =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() && !line.startsWith("#"));
const say = (text) => process.stdout.write(`${text}\n`);

const answers = new Map();
let intent;
for (const path of [
  ...readdirSync(at("data/intents")).map((name) => at(`data/intents/${name}`)),
  at("data/follow-ups.txt"),
]) {
  for (const line of lines(path)) {
    if (line.startsWith("= ")) intent = line.slice(2).replace(" @", "").split(" -> ").at(-1);
    if (line.startsWith("> ")) answers.set(intent, line.slice(2));
  }
}
const answerOf = (id) => answers.get(id.split(":")[0]).replaceAll("@", id.split(":")[1] ?? "");

const [path, questions] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const world = {
  signal: new AbortController().signal,
  home: "",
  now: () => new Date(),
  host: () => probeHost(),
  engine: async () => createLlamaEngine(),
};
const file = resolve(path ?? at("../../assets/oslm-demo-q8_0.gguf"));
const session = await openSession(world, await findLocal(world, { kind: "file", path: file }), {});

async function ask(messages) {
  let text = "";
  for await (const event of session.answer(messages, { sampling: { temp: 0 }, stop: [], maxTokens: 400 })) {
    if (event.type === "text") text += event.text;
    else if (event.type === "done") return { text, ended: event.finishReason === "stop" };
  }
}

const groups = new Map();
let group;
for (const line of lines(questions ?? at("data/held-out.txt"))) {
  if (line.startsWith("[")) {
    group = line.slice(1, -1);
    groups.set(group, { right: 0, all: 0 });
    continue;
  }
  const messages = [];
  let right = true;
  for (const turn of line.split(" || ")) {
    const [id, question] = turn.split(" | ");
    messages.push({ role: "user", content: question });
    const { text, ended } = await ask(messages);
    messages.push({ role: "assistant", content: text });
    const same = text === answerOf(id) && ended;
    if (!same && process.argv.includes("--wrong")) say(`wrong [${id}] ${question}\n      ${text.slice(0, 100)}`);
    right &&= same;
  }
  groups.get(group).right += right;
  groups.get(group).all += 1;
}
await session.dispose();

const sum = (field) => [...groups.values()].reduce((total, one) => total + one[field], 0);
for (const [name, { right, all }] of groups) say(`${name}: ${right}/${all}`);
say(`rightly answered: ${sum("right")}/${sum("all")} (${((100 * sum("right")) / sum("all")).toFixed(1)} %)`);
