// Loads model files with the real engine in a process of its own, which hostile ones may kill. Loaded by run-ts.mjs; takes a JSON of
// load options on each line of stdin, and answers each with a line: `loaded`, or `refused` and why.
import { createInterface } from "node:readline";
import type { LoadOptions } from "../../src/runtime/engine.js";
import { createLlamaEngine } from "../../src/runtime/llama/engine.js";

const engine = createLlamaEngine();
const sampling = {
  temp: 0,
  topK: 1,
  topP: 1,
  minP: 0,
  seed: 1,
  repeatPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repeatLastN: 64,
};

async function load(options: LoadOptions): Promise<string> {
  try {
    const model = await engine.load(options);
    try {
      for await (const _ of model.generate([1, 5, 6, 7].slice(0, model.ctx - 1), { sampling, maxTokens: 1, stop: [] }));
    } finally {
      await model.dispose();
    }
    return "loaded";
  } catch (error) {
    return `refused ${(error instanceof Error ? error.message : String(error)).replaceAll("\n", " ").slice(0, 300)}`;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await load(JSON.parse(line) as LoadOptions)}\n`);
}
process.exit(0);
