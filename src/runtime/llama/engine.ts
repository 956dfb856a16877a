// The llama.cpp engine in this process.
import { setTimeout } from "node:timers/promises";
import { isOslmError, OslmError } from "../../errors.js";
import type { Embedder, Engine, LoadedModel, LoadOptions } from "../engine.js";
import { startLlama, warmUp } from "./backend.js";
import { decodeTogether } from "./decode-together.js";
import { LlamaEmbedder } from "./embedder.js";
import { EngineLog, saysOutOfMemory } from "./engine-log.js";
import { guessersOf } from "./guessers.js";
import { type Begun, loadWeights } from "./load-weights.js";
import { LlamaLoadedModel } from "./loaded-model.js";
import { REHEARSES, rehearse } from "./rehearse.js";
import { tryGrammar } from "./try-grammar.js";

/** An engine that starts llama.cpp on the first load and ends it when that model is disposed of. */
export function createLlamaEngine(): Engine {
  return {
    load: (options, signal) => begin(options, signal, contextOf),
    rehearses: REHEARSES,
    tryGrammar: (grammar, signal) => tryGrammar(grammar, signal),
    warmUp,
    loadEmbedder: (options, signal) => begin(options, signal, embedderOf),
    rehearse: (
      { path, ctx, threads, useMmap, kvType, batch, sequences = 1, embedding = false, lora = [] },
      wishes,
      signal,
    ) => {
      const load = { path, ctx, threads, gpuLayers: 0, useMmap, kvType, batch, sequences, embedding, lora };
      return rehearse({ ...load, ...wishes }, signal);
    },
  };
}

async function begin<Loaded>(
  options: LoadOptions,
  signal: AbortSignal | undefined,
  finish: (begun: Begun) => Promise<Loaded>,
): Promise<Loaded> {
  const started = performance.now();
  const log = new EngineLog();
  const llama = await startLlama(options.gpuLayers > 0, log);
  if (options.gpuLayers > 0 && llama.gpu === false) {
    await llama.dispose();
    throw new OslmError("no-gpu", { platform: `${process.platform}-${process.arch}` });
  }
  try {
    return await finish({ llama, model: await loadWeights(llama, options, signal), options, signal, started });
  } catch (cause) {
    await llama.dispose();
    if (signal?.aborted || isOslmError(cause)) throw cause;
    // Log lines come later than failures.
    await setTimeout(20);
    const reason = log.reason() ?? (cause instanceof Error ? cause.message : String(cause));
    throw new OslmError(
      saysOutOfMemory(reason) ? "out-of-memory" : "load-failed",
      { file: options.path, reason },
      { cause },
    );
  }
}

async function contextOf({ llama, model, options, signal, started }: Begun): Promise<LoadedModel> {
  const { sequences = 1, lora = [] } = options;
  let loaded: LlamaLoadedModel | undefined;
  const context = await model.createContext({
    contextSize: options.ctx,
    sequences,
    ...(sequences > 1 && {
      batching: { itemPrioritizationStrategy: decodeTogether(() => loaded?.lanesInUse ?? 0) },
    }),
    ...(lora.length > 0 && { lora: { adapters: lora.map(({ path, scale }) => ({ filePath: path, scale })) } }),
    batchSize: Math.min(options.batch, options.ctx),
    threads: options.threads,
    flashAttention: "auto",
    failedCreationRemedy: false,
    // Fit has decided; the library's own estimate is up to 20 times too high for quantized KV caches.
    ignoreMemorySafetyChecks: true,
    ...(options.kvType === "f16" ? {} : kvTypes(options.kvType)),
    ...(signal ? { createSignal: signal } : {}),
  });
  const guessers = await guessersOf({ llama, model, options, signal, started }, context);
  loaded = new LlamaLoadedModel(llama, model, context, options, performance.now() - started, guessers);
  return loaded;
}

async function embedderOf({ llama, model, options, signal }: Begun): Promise<Embedder> {
  const context = await model.createEmbeddingContext({
    // The library takes texts that are shorter than the context.
    contextSize: options.ctx + 1,
    // Whole texts: of what comes in two parts the engine would pool the last alone, and an encoder would end the process.
    batchSize: options.ctx,
    threads: options.threads,
    ignoreMemorySafetyChecks: true,
    ...(signal ? { createSignal: signal } : {}),
  });
  return new LlamaEmbedder(llama, model, context, options.ctx, options.path);
}

function kvTypes(type: "q8_0" | "q4_0") {
  const name = type === "q8_0" ? "Q8_0" : "Q4_0";
  return { experimentalKvCacheKeyType: name, experimentalKvCacheValueType: name } as const;
}
