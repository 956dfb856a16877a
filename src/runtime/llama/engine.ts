// The llama.cpp engine in this process.
import type { Llama, LlamaModel } from "node-llama-cpp";
import { OslmError } from "../../errors.js";
import type { Engine, LoadedModel, LoadOptions } from "../engine.js";
import { startLlama, warmUp } from "./backend.js";
import { EngineLog, saysOutOfMemory } from "./engine-log.js";
import { LlamaLoadedModel } from "./loaded-model.js";
import { REHEARSES, rehearse } from "./rehearse.js";
import { tryGrammar } from "./try-grammar.js";

/** An engine that starts llama.cpp on the first load and ends it when that model is disposed of. */
export function createLlamaEngine(): Engine {
  return {
    load,
    rehearses: REHEARSES,
    tryGrammar: (grammar, signal) => tryGrammar(grammar, signal),
    warmUp,
    rehearse: ({ path, ctx, threads, useMmap, kvType, batch }, wishes, signal) =>
      rehearse({ path, ctx, threads, gpuLayers: 0, useMmap, kvType, batch, ...wishes }, signal),
  };
}

async function load(options: LoadOptions, signal?: AbortSignal): Promise<LoadedModel> {
  const started = performance.now();
  const log = new EngineLog();
  const llama = await startLlama(options.gpuLayers > 0, log);
  if (options.gpuLayers > 0 && llama.gpu === false) {
    await llama.dispose();
    throw new OslmError("no-gpu", { platform: `${process.platform}-${process.arch}` });
  }
  try {
    const model = await loadModel(llama, options, signal);
    const context = await model.createContext({
      contextSize: options.ctx,
      batchSize: Math.min(options.batch, options.ctx),
      threads: options.threads,
      flashAttention: "auto",
      failedCreationRemedy: false,
      // Fit has decided; the library's own estimate is up to 20 times too high for quantized KV caches.
      ignoreMemorySafetyChecks: true,
      ...(options.kvType === "f16" ? {} : kvTypes(options.kvType)),
      ...(signal ? { createSignal: signal } : {}),
    });
    return new LlamaLoadedModel(llama, model, context, options, performance.now() - started);
  } catch (cause) {
    await llama.dispose();
    if (signal?.aborted) throw cause;
    const reason = log.reason() ?? (cause instanceof Error ? cause.message : String(cause));
    throw new OslmError(
      saysOutOfMemory(reason) ? "out-of-memory" : "load-failed",
      { file: options.path, reason },
      { cause },
    );
  }
}

function loadModel(llama: Llama, options: LoadOptions, signal?: AbortSignal): Promise<LlamaModel> {
  return llama.loadModel({
    modelPath: options.path,
    gpuLayers: options.gpuLayers,
    useMmap: options.useMmap,
    ignoreMemorySafetyChecks: true,
    ...(signal ? { loadSignal: signal } : {}),
  });
}

function kvTypes(type: "q8_0" | "q4_0") {
  const name = type === "q8_0" ? "Q8_0" : "Q4_0";
  return { experimentalKvCacheKeyType: name, experimentalKvCacheValueType: name } as const;
}
