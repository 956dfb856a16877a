// Loaded into a measured `oslm run`: makes llama.cpp load as BENCH_LOAD says, brings a full context about without computing all of it
// (unless `whole`), and writes what the process has used when it ends.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";
import { stretchState } from "./stretch-state.mjs";

/** Prompt tokens that are really evaluated: some before the forged state, to learn its form, and more than a batch after it. */
const BEFORE = 4;
const AFTER = 140;
/** As oslm reads prompts on the processor. */
const BATCH = 128;

if (isMainThread && process.env.BENCH_LOAD !== undefined) await hook(JSON.parse(process.env.BENCH_LOAD));

async function hook({ usage, useMmap, kvType, whole, state, window, folder }) {
  let peakBefore = 0;
  let leftBehind = 0;
  const steps = {};
  process.on("exit", () => {
    const status = readStatus();
    const VmHWM = Math.max(status.VmHWM - leftBehind, peakBefore);
    writeFileSync(usage, JSON.stringify({ ...status, VmHWM, leftBehind, steps }));
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
    return context;
  };
  const { dispose } = Llama.prototype;
  Llama.prototype.dispose = function () {
    steps.answered = readStatus();
    return dispose.call(this);
  };
  const { adaptStateToTokens } = LlamaContextSequence.prototype;
  LlamaContextSequence.prototype.adaptStateToTokens = async function (tokens, ...rest) {
    const skipped = tokens.length - AFTER;
    if (!whole && this.nextTokenIndex === 0 && skipped > 2 * BEFORE) {
      await this.evaluateWithoutGeneratingNewTokens(tokens.slice(0, BEFORE));
      const [small, large] = [join(folder, "small.state"), join(folder, "large.state")];
      await this.saveStateToFile(small);
      await passOver(this, tokens.slice(BEFORE, skipped));
      stretchState(small, large, { tokens: tokens.slice(0, skipped), parts: state, window });
      // What reading the state takes, and leaves behind, is no part of a run; what came before it is.
      const before = readStatus();
      peakBefore = before.VmHWM;
      await this.loadStateFromFile(large, { acceptRisk: true });
      // All cells but the first and the last are freed: what is evaluated now lies as deep, with a mask as long, and nothing is multiplied
      // for what is masked.
      if (state[0] !== "recurrent")
        this._context._ctx.removeTokenCellsFromSequence(this._sequenceId, BEFORE, skipped - BEFORE);
      rmSync(small);
      rmSync(large);
      leftBehind = readStatus().VmRSS - before.VmRSS;
      writeFileSync("/proc/self/clear_refs", "5");
    }
    steps.filled = readStatus();
    return adaptStateToTokens.call(this, tokens, ...rest);
  };
}

/** All that Node does for these tokens (as `#readPrompt` in loaded-model.ts), which leaves garbage, without the engine's part. */
async function passOver(sequence, tokens) {
  const { _ctx } = sequence._context;
  const stand = (name, value) => Object.defineProperty(_ctx, name, { value, configurable: true });
  stand("decodeBatch", () => setTimeout(20));
  stand("sampleToken", async () => 5);
  const reading = sequence.evaluate(tokens.slice(0, BATCH), { temperature: 0, yieldEogToken: true });
  await reading.next();
  for (let start = BATCH; start < tokens.length; start += BATCH) await reading.next(tokens.slice(start, start + BATCH));
  await reading.return();
  delete _ctx.decodeBatch;
  delete _ctx.sampleToken;
}

/** VmHWM, RssAnon and RssFile, in bytes. */
function readStatus() {
  const lines = readFileSync("/proc/self/status", "utf8").matchAll(/^(VmHWM|VmRSS|RssAnon|RssFile):\s+(\d+) kB$/gm);
  return Object.fromEntries([...lines].map(([, key, kilobytes]) => [key, Number(kilobytes) * 1024]));
}
