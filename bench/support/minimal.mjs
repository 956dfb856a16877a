// What a script on node-llama-cpp's public way takes: node minimal.mjs MODEL THREADS TOKENS < PROMPT. It writes the text, and its figures to
// stderr as JSON.
import { readFileSync } from "node:fs";
import { getLlama, LlamaCompletion } from "node-llama-cpp";

const [, , modelPath, threads, maxTokens] = process.argv;
const prompt = readFileSync(0, "utf8");
const llama = await getLlama({ gpu: false, build: "never", maxThreads: 0, logLevel: "error" });
const model = await llama.loadModel({ modelPath });
const tokens = model.tokenize(prompt);
const context = await model.createContext({ contextSize: 2048, threads: Number(threads) });
const completion = new LlamaCompletion({ contextSequence: context.getSequence() });
const started = performance.now();
let first;
let count = 0;
await completion.generateCompletion(prompt, {
  maxTokens: Number(maxTokens),
  temperature: 0,
  onTextChunk: (text) => process.stdout.write(text),
  onToken: (some) => {
    first ??= performance.now();
    count += some.length;
  },
});
const seconds = (performance.now() - first) / 1000;
const figures = {
  promptTokens: tokens.length,
  promptSpeed: tokens.length / ((first - started) / 1000),
  tokens: count,
  speed: (count - 1) / seconds,
};
process.stderr.write(`${JSON.stringify(figures)}\n`);
process.exit(0);
