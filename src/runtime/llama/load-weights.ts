// The weights of a model file, brought into memory.
import type { Llama, LlamaModel } from "node-llama-cpp";
import type { LoadOptions } from "../engine.js";

/** A load whose context is still to be made. */
export interface Begun {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly options: LoadOptions;
  readonly signal: AbortSignal | undefined;
  /** When the load began, as of performance.now(). */
  readonly started: number;
}

export function loadWeights(
  llama: Llama,
  options: Pick<LoadOptions, "path" | "gpuLayers" | "useMmap">,
  signal?: AbortSignal,
): Promise<LlamaModel> {
  return llama.loadModel({
    modelPath: options.path,
    gpuLayers: options.gpuLayers,
    useMmap: options.useMmap,
    ignoreMemorySafetyChecks: true,
    ...(signal ? { loadSignal: signal } : {}),
  });
}
