// The llama.cpp engine in this process.
import type { Llama, LlamaModel } from "node-llama-cpp";
import { OslmError } from "../../errors.js";
import type { Engine, LoadedModel, LoadOptions } from "../engine.js";
import { startLlama, warmUp } from "./backend.js";
import { decodeTogether } from "./decode-together.js";
import { EngineLog, saysOutOfMemory } from "./engine-log.js";
import { LlamaLoadedModel } from "./loaded-model.js";
import { rehearse } from "./rehearse.js";

/** An engine that starts llama.cpp on the first load and ends it when that model is disposed of. */
export function createLlamaEngine(): Engine {
  return {
    load,
    rehearse: ({ path, ctx, threads, useMmap, kvType, batch, sequences = 1 }, wishes, signal) => {
      const load = { path, ctx, threads, gpuLayers: 0, useMmap, kvType, batch, sequences };
      const rehearsal = rehearse({ ...load, ...wishes }, signal);
      warmUp();
      return rehearsal;
    },
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
    const { sequences = 1 } = options;
    let loaded: LlamaLoadedModel | undefined;
    const context = await model.createContext({
      contextSize: options.ctx,
      sequences,
      ...(sequences > 1 && {
        batching: { itemPrioritizationStrategy: decodeTogether(() => loaded?.sequencesInUse ?? 0) },
      }),
      batchSize: Math.min(options.batch, options.ctx),
      threads: options.threads,
      flashAttention: "auto",
      failedCreationRemedy: false,
      // Fit has decided; the library's own estimate is up to 20 times too high for quantized KV caches.
      ignoreMemorySafetyChecks: true,
      ...(options.kvType === "f16" ? {} : kvTypes(options.kvType)),
      ...(signal ? { createSignal: signal } : {}),
    });
    loaded = new LlamaLoadedModel(llama, model, context, options, performance.now() - started);
    return loaded;
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
