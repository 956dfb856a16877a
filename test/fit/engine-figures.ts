// What the engine itself says of a context's memory: `estimateContextResourceRequirementsV2` of node-llama-cpp 3.22.1, which builds the
// real graph without allocating it, on headers of these shapes (gpuLayers 0, flash attention auto; on with a quantized cache).
// In MiB, KV cache and compute buffers together. Kept as data: making them takes minutes and the engine.
import type { WritableValue } from "../support/gguf-writer.js";
import { typed } from "../support/gguf-writer.js";

export interface EngineFigure {
  readonly id: string;
  readonly metadata: Readonly<Record<string, WritableValue>>;
  /** [context, batch, KV type, MiB] */
  readonly contexts: readonly (readonly [number, number, "f16" | "q8_0", number])[];
}

interface Shape {
  readonly arch: string;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly head: number;
  readonly ffn: number;
  readonly vocab: number;
  readonly more?: Readonly<Record<string, WritableValue>>;
}

/** The metadata of a header of this shape. */
export function shape({ arch, layers, width, heads, kvHeads, head, ffn, vocab, more = {} }: Shape) {
  const own = {
    block_count: layers,
    context_length: 131072,
    embedding_length: width,
    feed_forward_length: ffn,
    vocab_size: vocab,
    "attention.head_count": heads,
    "attention.head_count_kv": kvHeads,
    "attention.key_length": head,
    "attention.value_length": head,
    "rope.dimension_count": head,
    "attention.layer_norm_rms_epsilon": typed("float32", 1e-5),
    ...more,
  };
  const prefixed = Object.fromEntries(Object.entries(own).map(([key, value]) => [`${arch}.${key}`, value]));
  return { "general.architecture": arch, ...prefixed };
}

export const ENGINE_FIGURES: readonly EngineFigure[] = [
  {
    id: "deepseek2-lite",
    metadata: shape({
      arch: "deepseek2",
      layers: 27,
      width: 2048,
      heads: 16,
      kvHeads: 1,
      head: 576,
      ffn: 10944,
      vocab: 102400,
      more: {
        "attention.value_length": 512,
        "attention.key_length_mla": 192,
        "attention.value_length_mla": 128,
        "attention.kv_lora_rank": 512,
        "rope.dimension_count": 64,
        expert_count: 64,
        expert_used_count: 6,
        expert_shared_count: 2,
        expert_feed_forward_length: 1408,
        leading_dense_block_count: 1,
      },
    }),
    contexts: [
      [2048, 512, "f16", 272.75],
      [8192, 512, "f16", 483.26],
      [32768, 512, "f16", 1212.26],
      [8192, 128, "f16", 303.07],
      [8192, 512, "q8_0", 369.36],
    ],
  },
  {
    id: "tinyllama",
    metadata: shape({
      arch: "llama",
      layers: 22,
      width: 2048,
      heads: 32,
      kvHeads: 4,
      head: 64,
      ffn: 5632,
      vocab: 32000,
    }),
    contexts: [
      [2048, 512, "f16", 114.5],
      [8192, 512, "f16", 246.5],
      [32768, 512, "f16", 785.01],
      [8192, 128, "f16", 193.63],
      [8192, 512, "q8_0", 168],
    ],
  },
  {
    id: "llama2-7b",
    metadata: shape({
      arch: "llama",
      layers: 32,
      width: 4096,
      heads: 32,
      kvHeads: 32,
      head: 128,
      ffn: 11008,
      vocab: 32000,
    }),
    contexts: [
      [2048, 512, "f16", 1122.51],
      [8192, 512, "f16", 4200.51],
      [32768, 512, "f16", 16512.51],
      [8192, 128, "f16", 4122.13],
      [8192, 512, "q8_0", 2272.59],
    ],
  },
  {
    id: "llama3.1-8b",
    metadata: shape({
      arch: "llama",
      layers: 32,
      width: 4096,
      heads: 32,
      kvHeads: 8,
      head: 128,
      ffn: 14336,
      vocab: 128256,
    }),
    contexts: [
      [2048, 512, "f16", 522.5],
      [8192, 512, "f16", 1290.5],
      [32768, 512, "f16", 4362.5],
      [8192, 128, "f16", 1090.63],
      [8192, 512, "q8_0", 818.5],
    ],
  },
  {
    id: "llama3.2-1b",
    metadata: shape({
      arch: "llama",
      layers: 16,
      width: 2048,
      heads: 32,
      kvHeads: 8,
      head: 64,
      ffn: 8192,
      vocab: 128256,
    }),
    contexts: [
      [2048, 512, "f16", 322.5],
      [8192, 512, "f16", 514.5],
      [32768, 512, "f16", 1282.5],
      [8192, 128, "f16", 320.63],
      [8192, 512, "q8_0", 398.5],
    ],
  },
  {
    id: "llama3-70b",
    metadata: shape({
      arch: "llama",
      layers: 80,
      width: 8192,
      heads: 64,
      kvHeads: 8,
      head: 128,
      ffn: 28672,
      vocab: 128256,
    }),
    contexts: [
      [2048, 512, "f16", 922.5],
      [8192, 512, "f16", 2842.5],
      [32768, 512, "f16", 10522.5],
      [8192, 128, "f16", 2630.63],
      [8192, 512, "q8_0", 1642.5],
    ],
  },
  {
    id: "qwen2.5-0.5b",
    metadata: shape({
      arch: "qwen2",
      layers: 24,
      width: 896,
      heads: 14,
      kvHeads: 2,
      head: 64,
      ffn: 4864,
      vocab: 151936,
    }),
    contexts: [
      [2048, 512, "f16", 324.25],
      [8192, 512, "f16", 396.25],
      [32768, 512, "f16", 684.25],
      [8192, 128, "f16", 171.06],
      [8192, 512, "q8_0", 353],
    ],
  },
  {
    id: "qwen2.5-7b",
    metadata: shape({
      arch: "qwen2",
      layers: 28,
      width: 3584,
      heads: 28,
      kvHeads: 4,
      head: 128,
      ffn: 18944,
      vocab: 152064,
    }),
    contexts: [
      [2048, 512, "f16", 423],
      [8192, 512, "f16", 759],
      [32768, 512, "f16", 2103],
      [8192, 128, "f16", 525.75],
      [8192, 512, "q8_0", 556],
    ],
  },
  {
    id: "qwen3-8b",
    metadata: shape({
      arch: "qwen3",
      layers: 36,
      width: 4096,
      heads: 32,
      kvHeads: 8,
      head: 128,
      ffn: 12288,
      vocab: 151936,
    }),
    contexts: [
      [2048, 512, "f16", 600.75],
      [8192, 512, "f16", 1464.75],
      [32768, 512, "f16", 4920.75],
      [8192, 128, "f16", 1230.19],
      [8192, 512, "q8_0", 932.75],
    ],
  },
  {
    id: "phi3-mini",
    metadata: shape({
      arch: "phi3",
      layers: 32,
      width: 3072,
      heads: 32,
      kvHeads: 32,
      head: 96,
      ffn: 8192,
      vocab: 32064,
      more: { "attention.sliding_window": 2047 },
    }),
    contexts: [
      [2048, 512, "f16", 856.81],
      [8192, 512, "f16", 3146.77],
      [32768, 512, "f16", 12386.21],
      [8192, 128, "f16", 3090.8],
      [8192, 512, "q8_0", 1706.77],
    ],
  },
  {
    id: "gemma2-2b",
    metadata: shape({
      arch: "gemma2",
      layers: 26,
      width: 2304,
      heads: 8,
      kvHeads: 4,
      head: 256,
      ffn: 9216,
      vocab: 256000,
      more: { "attention.sliding_window": 4096 },
    }),
    contexts: [
      [2048, 512, "f16", 718],
      [8192, 512, "f16", 1173],
      [32768, 512, "f16", 2421],
      [8192, 128, "f16", 765.24],
      [8192, 512, "q8_0", 862.21],
    ],
  },
  {
    id: "gemma3-4b",
    metadata: shape({
      arch: "gemma3",
      layers: 34,
      width: 2560,
      heads: 8,
      kvHeads: 4,
      head: 256,
      ffn: 10240,
      vocab: 262144,
      more: { "attention.sliding_window": 1024 },
    }),
    contexts: [
      [2048, 512, "f16", 766.02],
      [8192, 512, "f16", 886.02],
      [32768, 512, "f16", 1371.03],
      [8192, 128, "f16", 436.52],
      [8192, 512, "q8_0", 715.87],
    ],
  },
  {
    id: "gemma3-270m",
    metadata: shape({
      arch: "gemma3",
      layers: 18,
      width: 640,
      heads: 4,
      kvHeads: 1,
      head: 256,
      ffn: 2048,
      vocab: 262144,
      more: { "attention.sliding_window": 512 },
    }),
    contexts: [
      [2048, 512, "f16", 540.26],
      [8192, 512, "f16", 558.26],
      [32768, 512, "f16", 630.26],
      [8192, 128, "f16", 164.88],
      [8192, 512, "q8_0", 538.22],
    ],
  },
  {
    id: "mixtral-8x7b",
    metadata: shape({
      arch: "llama",
      layers: 32,
      width: 4096,
      heads: 32,
      kvHeads: 8,
      head: 128,
      ffn: 14336,
      vocab: 32000,
      more: { expert_count: 8, expert_used_count: 2 },
    }),
    contexts: [
      [2048, 512, "f16", 458.01],
      [8192, 512, "f16", 1232.01],
      [32768, 512, "f16", 4328.01],
      [8192, 128, "f16", 1076],
      [8192, 512, "q8_0", 744.12],
    ],
  },
  {
    id: "qwen3-30b-a3b",
    metadata: shape({
      arch: "qwen3moe",
      layers: 48,
      width: 2048,
      heads: 32,
      kvHeads: 4,
      head: 128,
      ffn: 6144,
      vocab: 151936,
      more: { expert_count: 128, expert_used_count: 8, expert_feed_forward_length: 768 },
    }),
    contexts: [
      [2048, 512, "f16", 496.75],
      [8192, 512, "f16", 1072.75],
      [32768, 512, "f16", 3376.75],
      [8192, 128, "f16", 844.19],
      [8192, 512, "q8_0", 716.75],
    ],
  },
  {
    id: "gpt-oss-20b",
    metadata: shape({
      arch: "gpt-oss",
      layers: 24,
      width: 2880,
      heads: 64,
      kvHeads: 8,
      head: 64,
      ffn: 2880,
      vocab: 201088,
      more: {
        expert_count: 32,
        expert_used_count: 4,
        expert_feed_forward_length: 2880,
        "attention.sliding_window": 128,
      },
    }),
    contexts: [
      [2048, 512, "f16", 479.2],
      [8192, 512, "f16", 646.12],
      [32768, 512, "f16", 1196.43],
      [8192, 128, "f16", 313.61],
      [8192, 512, "q8_0", 525.2],
    ],
  },
  {
    id: "falcon-h1-1.5b",
    metadata: shape({
      arch: "falcon-h1",
      layers: 24,
      width: 2048,
      heads: 8,
      kvHeads: 2,
      head: 128,
      ffn: 4096,
      vocab: 65537,
      more: {
        "ssm.conv_kernel": 4,
        "ssm.inner_size": 3072,
        "ssm.state_size": 256,
        "ssm.time_step_rank": 48,
        "ssm.group_count": 1,
      },
    }),
    contexts: [
      [2048, 512, "f16", 263],
      [8192, 512, "f16", 400.99],
      [32768, 512, "f16", 976.99],
      [8192, 128, "f16", 298.99],
      [8192, 512, "q8_0", 323.08],
    ],
  },
];
