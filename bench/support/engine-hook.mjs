// NOTE FROM THE LEAD (remove this line): main is merged here; the engine now loads ONE bundled file, dist/parts/node-llama.js (src/runtime/llama/node-llama.ts; exports Llama, LlamaModel, LlamaContextSequence), not node_modules: hook THAT file (run npm run build), and measure the table with it. Less memory at start: src/fit/overhead.ts may want measuring anew. The start-up path (bin, main, cli before load) will be trimmed further on main: merge main once more before the table if you can.
// Loaded into a measured `oslm run`: makes llama.cpp load as BENCH_LOAD says, brings a full context about without computing all of it
// (unless `whole`), and writes what the process has used when it ends.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";
import { stretchState } from "./stretch-state.mjs";

/** Prompt tokens that are really computed: some before the forged state, to learn its form, and more than a batch after it. */
const BEFORE = 4;
const AFTER = 140;
/** No run that was shortened computes more: what follows the forged state, and a short answer. */
const MOST = 512;

if (isMainThread && process.env.BENCH_LOAD !== undefined) await hook(JSON.parse(process.env.BENCH_LOAD));

async function hook({ usage, useMmap, kvType, whole, filled, state, window, folder }) {
  const fill = { peakBefore: 0, leftBehind: 0, computed: 0, done: false };
  const steps = {};
  process.on("exit", () => {
    const status = readStatus();
    const VmHWM = Math.max(status.VmHWM - fill.leftBehind, fill.peakBefore);
    if (!whole && (!fill.done || fill.computed > MOST)) {
      process.stderr.write(`The bench could not shorten this run: ${JSON.stringify(fill)}\n`);
      process.exitCode ||= 1;
    }
    writeFileSync(usage, JSON.stringify({ ...status, VmHWM, ...fill, steps }));
  });
  const dist = dirname(createRequire(import.meta.url).resolve("node-llama-cpp"));
  const load = (path) => import(pathToFileURL(join(dist, path)).href);
  const { Llama } = await load("bindings/Llama.js");
  const { LlamaModel } = await load("evaluator/LlamaModel/LlamaModel.js");
  const { LlamaContextSequence } = await load("evaluator/LlamaContext/LlamaContext.js");

  const { loadModel } = Llama.prototype;
  Llama.prototype.loadModel = async function (options) {
    steps.started = readStatus();
    const model = await loadModel.call(this, { ...options, useMmap: useMmap ?? options.useMmap });
    steps.loaded = readStatus();
    return model;
  };
  const { createContext } = LlamaModel.prototype;
  LlamaModel.prototype.createContext = async function (options) {
    const name = kvType === "q8_0" ? "Q8_0" : undefined;
    const kv = name && { experimentalKvCacheKeyType: name, experimentalKvCacheValueType: name };
    // One thread: on a busy machine several wait for each other, and memory does not depend on it.
    const context = await createContext.call(this, { ...options, ...kv, threads: 1 });
    steps.context = readStatus();
    if (!whole) shorten(context, fill, { until: filled - AFTER, state, window, folder });
    return context;
  };
  const { saveStateToFile } = LlamaContextSequence.prototype;
  LlamaContextSequence.prototype.saveStateToFile = async function (...args) {
    steps.read = readStatus();
    const saved = await saveStateToFile.apply(this, args);
    steps.kept = readStatus();
    return saved;
  };
  const { dispose } = Llama.prototype;
  Llama.prototype.dispose = function () {
    steps.answered = readStatus();
    return dispose.call(this);
  };
}

/**
 * Puts a forged state in place of computing the prompt's tokens before `until`. It stands under everything else, where the library hands
 * batches to llama.cpp: whoever reads the prompt above, and in whatever pieces, does all that it ever does.
 */
function shorten({ _ctx, contextSize }, fill, { until, state, window, folder }) {
  const native = Object.fromEntries(
    ["initBatch", "addToBatch", "decodeBatch", "sampleToken"].map((name) => [name, _ctx[name].bind(_ctx)]),
  );
  const stand = (name, value) => Object.defineProperty(_ctx, name, { value, configurable: true });
  const prompt = [];
  let batch = [];
  let passedOver = false;
  stand("initBatch", (size) => {
    batch = [];
    native.initBatch(size);
  });
  stand("addToBatch", (sequence, first, tokens, logits) => {
    batch.push([sequence, first, tokens, logits]);
    return native.addToBatch(sequence, first, tokens, logits);
  });
  stand("decodeBatch", async () => {
    const [sequence, first, tokens] = batch[0];
    passedOver = !fill.done && first + tokens.length <= until;
    if (passedOver) {
      if (batch.length > 1 || first !== prompt.length) throw new Error("not one text, read from its beginning");
      prompt.push(...tokens);
      // What Node does meanwhile, and what garbage it collects, is part of a run.
      await setTimeout(20);
      return;
    }
    if (!fill.done && first > 2 * BEFORE) {
      const own = batch;
      await forge(sequence);
      native.initBatch(tokens.length);
      for (const part of own) native.addToBatch(...part);
    }
    fill.computed += tokens.length;
    await native.decodeBatch();
  });
  stand("sampleToken", (...args) => (passedOver ? Promise.resolve(5) : native.sampleToken(...args)));

  async function forge(sequence) {
    const [small, large] = [join(folder, "small.state"), join(folder, "large.state")];
    native.initBatch(BEFORE);
    native.addToBatch(sequence, 0, Uint32Array.from(prompt.slice(0, BEFORE)), new Uint32Array());
    await native.decodeBatch();
    await _ctx.saveSequenceStateToFile(small, sequence, Uint32Array.from(prompt.slice(0, BEFORE)));
    stretchState(small, large, { tokens: prompt, parts: state, window });
    // What reading the state takes, and leaves behind, is no part of a run; what came before it is.
    const before = readStatus();
    fill.peakBefore = before.VmHWM;
    const { length } = await _ctx.loadSequenceStateFromFile(large, sequence, contextSize);
    if (length !== prompt.length) throw new Error(`a state of ${length} tokens in place of ${prompt.length}`);
    rmSync(small);
    rmSync(large);
    fill.leftBehind = readStatus().VmRSS - before.VmRSS;
    fill.done = true;
    writeFileSync("/proc/self/clear_refs", "5");
  }
}

/** VmHWM, RssAnon and RssFile, in bytes. */
function readStatus() {
  const lines = readFileSync("/proc/self/status", "utf8").matchAll(/^(VmHWM|VmRSS|RssAnon|RssFile):\s+(\d+) kB$/gm);
  return Object.fromEntries([...lines].map(([, key, kilobytes]) => [key, Number(kilobytes) * 1024]));
}
