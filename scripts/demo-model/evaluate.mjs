// Asks the shipped GGUF, through the real engine, every held-out question, and prints the share answered rightly.
// Usage, from the root of the repository: node scripts/demo-model/evaluate.mjs [model.gguf] [held-out.txt]
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { getLlama, JinjaTemplateChatWrapper, LlamaChatSession } from "node-llama-cpp";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const lines = (path) => readFileSync(path, "utf8").split("\n").filter((line) => line.trim() && !line.startsWith("#"));

const answers = new Map();
let intent;
const files = readdirSync(`${here}/data/intents`).map((name) => `${here}/data/intents/${name}`);
for (const line of [...files, `${here}/data/follow-ups.txt`].flatMap(lines)) {
  if (line.startsWith("= ")) intent = line.slice(2).replace(" @", "").split(" -> ").at(-1);
  if (line.startsWith("> ")) answers.set(intent, line.slice(2));
}
const answerOf = (id) => {
  const [base, name] = id.split(":");
  return answers.get(base).replaceAll("@", name);
};

const llama = await getLlama({ gpu: false, build: "never", maxThreads: 0 });
const model = await llama.loadModel({ modelPath: resolve(process.argv[2] ?? `${here}/../../assets/oslm-demo-q8_0.gguf`) });
// One thread: for a model this small more threads cost far more than they bring.
const context = await model.createContext({ threads: 1, contextSize: 2048 });
const sequence = context.getSequence();
const template = model.fileInfo.metadata.tokenizer.chat_template;

const groups = new Map();
let group;
for (const line of lines(process.argv[3] ?? `${here}/data/held-out.txt`)) {
  if (line.startsWith("[")) {
    group = line.slice(1, -1);
    groups.set(group, [0, 0]);
    continue;
  }
  const session = new LlamaChatSession({ contextSequence: sequence, chatWrapper: new JinjaTemplateChatWrapper({ template }), systemPrompt: "" });
  await session.resetChatHistory();
  let right = true;
  for (const turn of line.split(" || ")) {
    const [id, question] = turn.split(" | ");
    const { responseText, stopReason } = await session.promptWithMeta(question, { temperature: 0, maxTokens: 400 });
    const ok = responseText === answerOf(id) && stopReason === "eogToken";
    if (!ok) console.log(`wrong [${id}] ${question}\n      ${responseText.slice(0, 100)} (${stopReason})`);
    right &&= ok;
  }
  session.dispose({ disposeSequence: false });
  groups.get(group)[0] += right;
  groups.get(group)[1] += 1;
}
let good = 0, all = 0;
for (const [name, [g, n]] of groups) {
  console.log(`${name}: ${g}/${n}`);
  good += g;
  all += n;
}
console.log(`rightly answered: ${good}/${all} (${((100 * good) / all).toFixed(1)} %)`);
await llama.dispose();
