// Loaded into a measured `oslm run`: makes llama.cpp load as BENCH_LOAD says, brings a full context about without computing all of it
// (unless `whole`), and writes what the process has used when it ends.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import Module from "node:module";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

/** Prompt tokens that are really computed: some before the forged state, to learn its form, and more than a batch after it. */
const BEFORE = 4;
const AFTER = 140;
/** No run that was shortened computes more: what follows the forged state, and a short answer. */
const MOST = 512;
/** The state of a full context, in the folder of the run. */
const LARGE = "large.state";
const STRETCH = fileURLToPath(new URL("./stretch-state.mjs", import.meta.url));
/** GGML_TYPE_*. */
const KV_TYPES = { f16: 1, q8_0: 8 };

// Not in the processes that this one starts.
if (isMainThread && basename(process.argv[1] ?? "") === "oslm.js") hook(JSON.parse(process.env.BENCH_LOAD));

/** It takes the place of llama.cpp's binding, below whatever oslm and the library do. */
function hook({ usage, useMmap, kvType, whole, filled, state, window, folder }) {
  const fill = { peakBefore: 0, leftBehind: 0, computed: 0, done: false };
  const steps = {};
  process.on("exit", () => {
    const status = readStatus();
    const VmHWM = Math.max(status.VmHWM - fill.leftBehind, fill.peakBefore);
    rmSync(join(folder, LARGE), { force: true });
    if (steps.loaded === undefined || (!whole && (!fill.done || fill.computed > MOST))) {
      process.stderr.write(`The bench could not shorten this run: ${JSON.stringify(fill)}\n`);
      process.exitCode ||= 1;
    }
    writeFileSync(usage, JSON.stringify({ ...status, VmHWM, ...fill, steps }));
  });
  const load = Module._extensions[".node"];
  Module._extensions[".node"] = (module, file) => {
    load(module, file);
    const { AddonModel, AddonContext } = module.exports;
    if (AddonContext === undefined) return;
    class HookedModel extends AddonModel {
      constructor(path, options) {
        steps.started = readStatus();
        super(path, { ...options, useMmap });
      }
    }
    class HookedContext extends AddonContext {
      constructor(model, options) {
        steps.loaded = readStatus();
        const type = KV_TYPES[kvType];
        // One thread: on a busy machine several wait for each other, and memory does not depend on it.
        super(model, { ...options, threads: 1, kvCacheKeyType: type, kvCacheValueType: type });
        stand(this, "setThreads", () => {});
        if (!whole)
          shorten(this, fill, { until: filled - AFTER, contextSize: options.contextSize, state, window, folder });
        const keep = this.saveSequenceStateToFile.bind(this);
        stand(this, "saveSequenceStateToFile", async (...args) => {
          steps.read = readStatus();
          const kept = await keep(...args);
          steps.kept = readStatus();
          return kept;
        });
      }
    }
    const hooked = { AddonModel: { value: HookedModel }, AddonContext: { value: HookedContext } };
    module.exports = Object.create(module.exports, hooked);
  };
}

/** The binding's own methods cannot be replaced where they are. */
function stand(binding, name, value) {
  Object.defineProperty(binding, name, { value, configurable: true });
}

/**
 * Puts a forged state in place of computing the prompt's tokens before `until`. It stands under everything else, where the library hands
 * batches to llama.cpp: whoever reads the prompt above, and in whatever pieces, does all that it ever does.
 */
function shorten(context, fill, { until, contextSize, state, window, folder }) {
  const native = Object.fromEntries(
    ["initBatch", "addToBatch", "decodeBatch", "sampleToken", "saveSequenceStateToFile"].map((name) => [
      name,
      context[name].bind(context),
    ]),
  );
  const prompt = [];
  let batch = [];
  let passedOver = false;
  stand(context, "initBatch", (size) => {
    batch = [];
    native.initBatch(size);
  });
  stand(context, "addToBatch", (sequence, first, tokens, logits) => {
    batch.push([sequence, first, tokens, logits]);
    return native.addToBatch(sequence, first, tokens, logits);
  });
  stand(context, "decodeBatch", async () => {
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
  stand(context, "sampleToken", (...args) => (passedOver ? Promise.resolve(5) : native.sampleToken(...args)));
  const large = join(folder, LARGE);
  const save = (path, sequence, tokens) => native.saveSequenceStateToFile(path, sequence, Uint32Array.from(tokens));

  async function forge(sequence) {
    const small = join(folder, "small.state");
    native.initBatch(BEFORE);
    native.addToBatch(sequence, 0, Uint32Array.from(prompt.slice(0, BEFORE)), new Uint32Array());
    await native.decodeBatch();
    await save(small, sequence, prompt.slice(0, BEFORE));
    // In a process of its own: a recurrent state is so large that reading it here was seen in the peak.
    const input = JSON.stringify({ from: small, to: large, tokens: prompt, parts: state, window });
    execFileSync(process.execPath, [STRETCH], { input, env: {} });
    rmSync(small);
    await unmeasured(() => read(large, sequence, prompt.length));
    // All cells but the first and the last are freed: what is evaluated now lies as deep, with a mask as long, and nothing is multiplied
    // for what is masked.
    if (state[0] !== "recurrent") context.removeTokenCellsFromSequence(sequence, BEFORE, prompt.length - BEFORE);
    fill.done = true;
  }

  // What oslm keeps of a prompt is a full context; for that time the cells are there again.
  stand(context, "saveSequenceStateToFile", async (path, sequence, tokens) => {
    if (!fill.done) return save(path, sequence, tokens);
    const own = join(folder, "own.state");
    await unmeasured(async () => {
      await save(own, sequence, tokens);
      await read(large, sequence, prompt.length);
    });
    const saved = await save(path, sequence, tokens);
    await unmeasured(() => read(own, sequence, tokens.length));
    rmSync(own);
    return saved;
  });

  async function read(path, sequence, tokens) {
    const { length } = await context.loadSequenceStateFromFile(path, sequence, contextSize);
    if (length !== tokens) throw new Error(`a state of ${length} tokens in place of ${tokens}`);
  }

  /** What the bench itself takes, and leaves behind, is no part of a run; what came before it is. */
  async function unmeasured(act) {
    const before = readStatus();
    fill.peakBefore = Math.max(fill.peakBefore, before.VmHWM - fill.leftBehind);
    await act();
    fill.leftBehind += readStatus().VmRSS - before.VmRSS;
    writeFileSync("/proc/self/clear_refs", "5");
  }
}

/** VmHWM, RssAnon and RssFile, in bytes. */
function readStatus() {
  const lines = readFileSync("/proc/self/status", "utf8").matchAll(/^(VmHWM|VmRSS|RssAnon|RssFile):\s+(\d+) kB$/gm);
  return Object.fromEntries([...lines].map(([, key, kilobytes]) => [key, Number(kilobytes) * 1024]));
}
