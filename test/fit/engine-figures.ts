// What the engine itself says of a context's memory: `estimateContextResourceRequirementsV2` of node-llama-cpp 3.22.1, which builds the
// real graph without allocating it, on headers of these shapes (gpuLayers 0, flash attention auto; on with a quantized cache).
// In MiB, KV cache and compute buffers together. Kept as data: making them takes minutes and the engine.
import type { WritableValue } from "../support/gguf-writer.js";
import { KNOWN_SHAPES } from "../support/known-shapes.js";
import { shape } from "../support/model-shape.js";

/** [context, batch, KV type, MiB] */
type Contexts = readonly (readonly [number, number, "f16" | "q8_0", number])[];

export interface EngineFigure {
  readonly id: string;
  readonly metadata: Readonly<Record<string, WritableValue>>;
  readonly contexts: Contexts;
}

const CONTEXTS: Readonly<Record<keyof typeof KNOWN_SHAPES, Contexts>> = {
  "deepseek2-lite": [
    [2048, 512, "f16", 272.75],
    [8192, 512, "f16", 483.26],
    [32768, 512, "f16", 1212.26],
    [8192, 128, "f16", 303.07],
    [8192, 512, "q8_0", 369.36],
  ],
  tinyllama: [
    [2048, 512, "f16", 114.5],
    [8192, 512, "f16", 246.5],
    [32768, 512, "f16", 785.01],
    [8192, 128, "f16", 193.63],
    [8192, 512, "q8_0", 168],
  ],
  "llama2-7b": [
    [2048, 512, "f16", 1122.51],
    [8192, 512, "f16", 4200.51],
    [32768, 512, "f16", 16512.51],
    [8192, 128, "f16", 4122.13],
    [8192, 512, "q8_0", 2272.59],
  ],
  "llama3.1-8b": [
    [2048, 512, "f16", 522.5],
    [8192, 512, "f16", 1290.5],
    [32768, 512, "f16", 4362.5],
    [8192, 128, "f16", 1090.63],
    [8192, 512, "q8_0", 818.5],
  ],
  "llama3.2-1b": [
    [2048, 512, "f16", 322.5],
    [8192, 512, "f16", 514.5],
    [32768, 512, "f16", 1282.5],
    [8192, 128, "f16", 320.63],
    [8192, 512, "q8_0", 398.5],
  ],
  "llama3-70b": [
    [2048, 512, "f16", 922.5],
    [8192, 512, "f16", 2842.5],
    [32768, 512, "f16", 10522.5],
    [8192, 128, "f16", 2630.63],
    [8192, 512, "q8_0", 1642.5],
  ],
  "qwen2.5-0.5b": [
    [2048, 512, "f16", 324.25],
    [8192, 512, "f16", 396.25],
    [32768, 512, "f16", 684.25],
    [8192, 128, "f16", 171.06],
    [8192, 512, "q8_0", 353],
  ],
  "qwen2.5-7b": [
    [2048, 512, "f16", 423],
    [8192, 512, "f16", 759],
    [32768, 512, "f16", 2103],
    [8192, 128, "f16", 525.75],
    [8192, 512, "q8_0", 556],
  ],
  "qwen3-8b": [
    [2048, 512, "f16", 600.75],
    [8192, 512, "f16", 1464.75],
    [32768, 512, "f16", 4920.75],
    [8192, 128, "f16", 1230.19],
    [8192, 512, "q8_0", 932.75],
  ],
  "phi3-mini": [
    [2048, 512, "f16", 856.81],
    [8192, 512, "f16", 3146.77],
    [32768, 512, "f16", 12386.21],
    [8192, 128, "f16", 3090.8],
    [8192, 512, "q8_0", 1706.77],
  ],
  "gemma2-2b": [
    [2048, 512, "f16", 718],
    [8192, 512, "f16", 1173],
    [32768, 512, "f16", 2421],
    [8192, 128, "f16", 765.24],
    [8192, 512, "q8_0", 862.21],
  ],
  "gemma3-4b": [
    [2048, 512, "f16", 766.02],
    [8192, 512, "f16", 886.02],
    [32768, 512, "f16", 1371.03],
    [8192, 128, "f16", 436.52],
    [8192, 512, "q8_0", 715.87],
  ],
  "gemma3-270m": [
    [2048, 512, "f16", 540.26],
    [8192, 512, "f16", 558.26],
    [32768, 512, "f16", 630.26],
    [8192, 128, "f16", 164.88],
    [8192, 512, "q8_0", 538.22],
  ],
  "mixtral-8x7b": [
    [2048, 512, "f16", 458.01],
    [8192, 512, "f16", 1232.01],
    [32768, 512, "f16", 4328.01],
    [8192, 128, "f16", 1076],
    [8192, 512, "q8_0", 744.12],
  ],
  "qwen3-30b-a3b": [
    [2048, 512, "f16", 496.75],
    [8192, 512, "f16", 1072.75],
    [32768, 512, "f16", 3376.75],
    [8192, 128, "f16", 844.19],
    [8192, 512, "q8_0", 716.75],
  ],
  "gpt-oss-20b": [
    [2048, 512, "f16", 479.2],
    [8192, 512, "f16", 646.12],
    [32768, 512, "f16", 1196.43],
    [8192, 128, "f16", 313.61],
    [8192, 512, "q8_0", 525.2],
  ],
  "falcon-h1-1.5b": [
    [2048, 512, "f16", 263],
    [8192, 512, "f16", 400.99],
    [32768, 512, "f16", 976.99],
    [8192, 128, "f16", 298.99],
    [8192, 512, "q8_0", 323.08],
  ],
};

export const ENGINE_FIGURES: readonly EngineFigure[] = Object.entries(KNOWN_SHAPES).map(([id, one]) => {
  return { id, metadata: shape(one), contexts: CONTEXTS[id as keyof typeof KNOWN_SHAPES] };
});
