// Models of the shapes of real families with random weights: what memory depends on is there, what they say is nonsense.
import type { GgufSpec } from "../../test/support/gguf-writer.js";
import { typed } from "../../test/support/gguf-writer.js";
import { KNOWN_SHAPES } from "../../test/support/known-shapes.js";
import { shape as headerOf, type ModelShape } from "../../test/support/model-shape.js";
import { type Vocabulary, vocabularyOf } from "./synthetic-vocabulary.js";

export type WeightType = "F32" | "F16" | "Q8_0" | "Q4_K" | "Q6_K";

export interface SyntheticTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: WeightType;
}

/** The parts of a sequence's saved state, in order: cells of a cache, of a sliding cache, and recurrent states. */
export type StatePart = "cache" | "sliding" | "recurrent";

export interface SyntheticModel {
  readonly id: string;
  readonly metadata: NonNullable<GgufSpec["metadata"]>;
  readonly tensors: readonly SyntheticTensor[];
  readonly state: readonly StatePart[];
  /** Cells that a sliding cache keeps of a sequence. */
  readonly window: number;
}

interface Shape extends ModelShape {
  readonly vocabulary: Vocabulary;
  readonly weights: WeightType;
  /** Of the embeddings, and of the head where it is not the embeddings once more. */
  readonly table?: WeightType;
  readonly tied?: boolean;
}

type Row = readonly [name: string, ...dims: number[]];
type Block = (shape: Shape) => readonly Row[];

const attention: Block = ({ width, heads, kvHeads, head }) => [
  ["attn_norm.weight", width],
  ["attn_q.weight", width, heads * head],
  ["attn_k.weight", width, kvHeads * head],
  ["attn_v.weight", width, kvHeads * head],
  ["attn_output.weight", heads * head, width],
];
const fused: Block = ({ width, heads, kvHeads, head }) => [
  ["attn_norm.weight", width],
  ["attn_qkv.weight", width, (heads + 2 * kvHeads) * head],
  ["attn_output.weight", heads * head, width],
];
const gated: Block = ({ width, ffn }) => [
  ["ffn_norm.weight", width],
  ["ffn_gate.weight", width, ffn],
  ["ffn_up.weight", width, ffn],
  ["ffn_down.weight", ffn, width],
];
/** Falcon-H1 calls one norm so. */
const gatedWithoutSuffix: Block = (shape) =>
  gated(shape).map(([name, ...dims]) => [name === "ffn_norm.weight" ? "ffn_norm" : name, ...dims]);
const plain: Block = ({ width, ffn }) => [
  ["ffn_up.weight", width, ffn],
  ["ffn_down.weight", ffn, width],
];
const experts =
  (count: number, ffn: number): Block =>
  ({ width }) => [
    ["ffn_norm.weight", width],
    ["ffn_gate_inp.weight", width, count],
    ["ffn_gate_exps.weight", width, ffn, count],
    ["ffn_up_exps.weight", width, ffn, count],
    ["ffn_down_exps.weight", ffn, width, count],
  ];
const headNorms: Block = ({ head }) => [
  ["attn_q_norm.weight", head],
  ["attn_k_norm.weight", head],
];
const qkvBiases: Block = ({ heads, kvHeads, head }) => [
  ["attn_q.bias", heads * head],
  ["attn_k.bias", kvHeads * head],
  ["attn_v.bias", kvHeads * head],
];
const postNorms: Block = ({ width }) => [
  ["post_attention_norm.weight", width],
  ["post_ffw_norm.weight", width],
];
/** The biases of models with ordinary layer norms. */
const biases: Block = ({ width, heads, kvHeads, head, ffn }) => [
  ["attn_norm.bias", width],
  ["attn_qkv.bias", (heads + 2 * kvHeads) * head],
  ["attn_output.bias", width],
  ["ffn_norm.weight", width],
  ["ffn_norm.bias", width],
  ["ffn_up.bias", ffn],
  ["ffn_down.bias", width],
];

function build(
  id: string,
  shape: Shape,
  blocks: readonly Block[],
  extra: Partial<SyntheticModel> & { around?: readonly Row[] } = {},
): SyntheticModel {
  const { layers, width, vocab, weights, table = weights, tied = false } = shape;
  const tensors: SyntheticTensor[] = [];
  const add = ([name, ...dims]: Row, wanted: WeightType) => {
    // As converters do: vectors and what convolves or routes stay F32; a row that is no whole number of blocks takes a smaller block.
    const small = dims.length === 1 || /ssm_(conv1d|a|d|norm)|ffn_gate_inp/.test(name);
    const row = (dims[0] ?? 0) % 256 !== 0 && wanted.endsWith("_K") ? "Q8_0" : wanted;
    tensors.push({ name, dims, type: small ? "F32" : (dims[0] ?? 0) % 32 === 0 ? row : "F16" });
  };
  add(["token_embd.weight", width, vocab], table);
  add(["output_norm.weight", width], "F32");
  if (!tied) add(["output.weight", width, vocab], table);
  for (const row of extra.around ?? []) add(row, weights);
  for (let layer = 0; layer < layers; layer++) {
    for (const block of blocks)
      for (const [name, ...dims] of block(shape)) add([`blk.${layer}.${name}`, ...dims], weights);
  }
  const metadata = {
    ...headerOf({
      ...shape,
      more: { context_length: 32768, "attention.layer_norm_epsilon": typed("float32", 1e-5), ...shape.more },
    }),
    // No family's name: llama.cpp mends the vocabularies of some by it.
    "general.name": "synthetic",
    "general.license": "mit",
    ...vocabularyOf(shape.vocabulary, vocab),
  };
  return { id, metadata, tensors, state: ["cache"], window: 0, ...extra };
}

const latent: Block = ({ width, heads }) => [
  ["attn_norm.weight", width],
  ["attn_q_a_norm.weight", 768],
  ["attn_kv_a_norm.weight", 512],
  ["attn_q_a.weight", width, 768],
  ["attn_q_b.weight", 768, heads * 192],
  ["attn_kv_a_mqa.weight", width, 576],
  ["attn_k_b.weight", 128, 512, heads],
  ["attn_v_b.weight", 512, 128, heads],
  ["attn_output.weight", heads * 128, width],
  ["ffn_gate_shexp.weight", width, 1536],
  ["ffn_up_shexp.weight", width, 1536],
  ["ffn_down_shexp.weight", 1536, width],
];
const mambaBlock: Block = ({ width }) => [
  ["attn_norm.weight", width],
  ["ssm_in.weight", width, 4 * width],
  ["ssm_conv1d.weight", 4, 2 * width],
  ["ssm_conv1d.bias", 2 * width],
  ["ssm_x.weight", 2 * width, 48 + 32],
  ["ssm_dt.weight", 48, 2 * width],
  ["ssm_dt.bias", 2 * width],
  ["ssm_a", 16, 2 * width],
  ["ssm_d", 2 * width],
  ["ssm_out.weight", 2 * width, width],
];
const mamba2Block: Block = ({ width }) => [
  ["ssm_in.weight", width, 2 * 1536 + 2 * 128 + 24],
  ["ssm_conv1d.weight", 4, 1536 + 2 * 128],
  ["ssm_conv1d.bias", 1536 + 2 * 128],
  ["ssm_dt.bias", 24],
  ["ssm_a", 1, 24],
  ["ssm_d", 1, 24],
  ["ssm_norm.weight", 1536, 1],
  ["ssm_out.weight", 1536, width],
];
const ssm = (kernel: number, inner: number, state: number, rank: number, groups?: number) => ({
  "ssm.conv_kernel": kernel,
  "ssm.inner_size": inner,
  "ssm.state_size": state,
  "ssm.time_step_rank": rank,
  ...(groups === undefined ? {} : { "ssm.group_count": groups }),
});
const normBias: Row = ["output_norm.bias", 0];
const around = (width: number, ...rows: Row[]): { around: readonly Row[] } => ({
  around: [[normBias[0], width], ...rows],
});

/** Made when asked for: a vocabulary alone takes a second. */
export const SYNTHETIC_MODELS: readonly (readonly [id: string, make: () => SyntheticModel])[] = (
  [
    [
      "llama-60m-q8_0",
      {
        arch: "llama",
        layers: 8,
        width: 512,
        heads: 8,
        kvHeads: 8,
        head: 64,
        ffn: 1536,
        vocab: 32000,
        vocabulary: "spm",
        weights: "Q8_0",
      },
      [attention, gated],
    ],
    [
      "llama-0.6b-q4_k",
      {
        ...KNOWN_SHAPES.tinyllama,
        layers: 11,
        vocabulary: "spm",
        weights: "Q4_K",
        table: "Q6_K",
      },
      [attention, gated],
    ],
    [
      "llama-0.8b-f16",
      {
        ...KNOWN_SHAPES["llama3.2-1b"],
        layers: 4,
        vocabulary: "bpe",
        weights: "F16",
      },
      [attention, gated],
    ],
    [
      "mixtral-8x290m-q8_0",
      {
        arch: "llama",
        layers: 26,
        width: 1024,
        heads: 16,
        kvHeads: 4,
        head: 64,
        ffn: 3584,
        vocab: 32000,
        vocabulary: "spm",
        weights: "Q8_0",
        more: { expert_count: 8, expert_used_count: 2 },
      },
      [attention, experts(8, 3584)],
    ],
    [
      "qwen2-0.5b-q8_0",
      {
        ...KNOWN_SHAPES["qwen2.5-0.5b"],
        vocabulary: "bpe",
        weights: "Q8_0",
        tied: true,
      },
      [attention, qkvBiases, gated],
    ],
    [
      "qwen3moe-1b-q4_k",
      {
        arch: "qwen3moe",
        layers: 12,
        width: 1024,
        heads: 16,
        kvHeads: 2,
        head: 128,
        ffn: 3072,
        vocab: 151936,
        vocabulary: "bpe",
        weights: "Q4_K",
        table: "Q6_K",
        more: { expert_count: 64, expert_used_count: 8, expert_feed_forward_length: 512 },
      },
      [attention, headNorms, experts(64, 512)],
    ],
    [
      "gemma2-1.1b-q8_0",
      {
        ...KNOWN_SHAPES["gemma2-2b"],
        layers: 6,
        vocabulary: "spm",
        weights: "Q8_0",
        tied: true,
      },
      [attention, gated, postNorms],
      { state: ["cache", "sliding"], window: 4096 },
    ],
    [
      "gemma3-0.6b-q4_k",
      {
        arch: "gemma3",
        layers: 12,
        width: 1024,
        heads: 4,
        kvHeads: 1,
        head: 256,
        ffn: 6912,
        vocab: 262144,
        vocabulary: "spm",
        weights: "Q4_K",
        table: "Q6_K",
        tied: true,
        more: { "attention.sliding_window": 512 },
      },
      [attention, headNorms, gated, postNorms],
      { state: ["cache", "sliding"], window: 512 },
    ],
    [
      "falcon-0.5b-f16",
      {
        arch: "falcon",
        layers: 6,
        width: 2048,
        heads: 32,
        kvHeads: 1,
        head: 64,
        ffn: 8192,
        vocab: 65024,
        vocabulary: "bpe",
        weights: "F16",
      },
      [fused, plain, ({ width }) => [["attn_norm.bias", width]]],
      around(2048),
    ],
    [
      "bloom-400m-q8_0",
      {
        arch: "bloom",
        layers: 12,
        width: 1024,
        heads: 16,
        kvHeads: 16,
        head: 64,
        ffn: 4096,
        vocab: 250880,
        vocabulary: "bpe",
        weights: "Q8_0",
        tied: true,
      },
      [fused, plain, biases],
      around(1024, ["token_embd_norm.weight", 1024], ["token_embd_norm.bias", 1024]),
    ],
    [
      "gpt2-150m-f16",
      {
        arch: "gpt2",
        layers: 12,
        width: 768,
        heads: 12,
        kvHeads: 12,
        head: 64,
        ffn: 3072,
        vocab: 50257,
        vocabulary: "bpe",
        weights: "F16",
        tied: true,
      },
      [fused, plain, biases],
      around(768, ["position_embd.weight", 768, 32768]),
    ],
    [
      "starcoder-150m-f16",
      {
        arch: "starcoder",
        layers: 12,
        width: 768,
        heads: 6,
        kvHeads: 1,
        head: 128,
        ffn: 3072,
        vocab: 49152,
        vocabulary: "bpe",
        weights: "F16",
        tied: true,
      },
      [fused, plain, biases],
      around(768, ["position_embd.weight", 768, 32768]),
    ],
    [
      "phi2-0.3b-f16",
      {
        arch: "phi2",
        layers: 4,
        width: 2560,
        heads: 32,
        kvHeads: 32,
        head: 80,
        ffn: 10240,
        vocab: 51200,
        vocabulary: "bpe",
        weights: "F16",
        more: { "rope.dimension_count": 32 },
      },
      [
        attention,
        plain,
        ({ width, ffn }) => [
          ["attn_norm.bias", width],
          ["attn_output.bias", width],
          ["ffn_up.bias", ffn],
          ["ffn_down.bias", width],
        ],
      ],
      around(2560, ["output.bias", 51200]),
    ],
    [
      "gemma-0.9b-q8_0",
      {
        arch: "gemma",
        layers: 4,
        width: 2048,
        heads: 8,
        kvHeads: 1,
        head: 256,
        ffn: 16384,
        vocab: 256000,
        vocabulary: "spm",
        weights: "Q8_0",
        tied: true,
      },
      [attention, gated],
    ],
    [
      "starcoder2-0.4b-q4_k",
      {
        arch: "starcoder2",
        layers: 12,
        width: 1536,
        heads: 12,
        kvHeads: 2,
        head: 128,
        ffn: 6144,
        vocab: 49152,
        vocabulary: "bpe",
        weights: "Q4_K",
        tied: true,
      },
      [
        attention,
        plain,
        ({ width, ffn }) => [
          ["attn_norm.bias", width],
          ["attn_output.bias", width],
          ["ffn_norm.weight", width],
          ["ffn_norm.bias", width],
          ["ffn_up.bias", ffn],
          ["ffn_down.bias", width],
        ],
        qkvBiases,
      ],
      around(1536),
    ],
    [
      "phi3-0.6b-q4_k",
      {
        arch: "phi3",
        layers: 4,
        width: 3072,
        heads: 32,
        kvHeads: 32,
        head: 96,
        ffn: 8192,
        vocab: 32064,
        vocabulary: "spm",
        weights: "Q4_K",
      },
      [
        fused,
        ({ width, ffn }) => [
          ["ffn_norm.weight", width],
          ["ffn_up.weight", width, 2 * ffn],
          ["ffn_down.weight", ffn, width],
        ],
      ],
    ],
    [
      "deepseek2-1b-q4_k",
      {
        arch: "deepseek2",
        layers: 6,
        width: 2048,
        heads: 16,
        kvHeads: 1,
        head: 576,
        ffn: 8192,
        vocab: 102400,
        vocabulary: "bpe",
        weights: "Q4_K",
        more: {
          "attention.value_length": 512,
          "attention.key_length_mla": 192,
          "attention.value_length_mla": 128,
          "attention.q_lora_rank": 768,
          "attention.kv_lora_rank": 512,
          "rope.dimension_count": 64,
          expert_count: 32,
          expert_used_count: 6,
          expert_shared_count: 2,
          expert_feed_forward_length: 768,
          leading_dense_block_count: 0,
        },
      },
      [latent, experts(32, 768)],
    ],
    [
      "mamba-130m-f16",
      {
        arch: "mamba",
        layers: 24,
        width: 768,
        heads: 0,
        kvHeads: 0,
        head: 0,
        ffn: 0,
        vocab: 50280,
        vocabulary: "bpe",
        weights: "F16",
        tied: true,
        more: ssm(4, 1536, 16, 48),
      },
      [mambaBlock],
      { state: ["recurrent"] },
    ],
    [
      "falcon-h1-0.5b-q8_0",
      {
        arch: "falcon-h1",
        layers: 24,
        width: 1024,
        heads: 8,
        kvHeads: 2,
        head: 128,
        ffn: 3072,
        vocab: 32784,
        vocabulary: "bpe",
        weights: "Q8_0",
        more: ssm(4, 1536, 128, 24, 1),
      },
      [attention, gatedWithoutSuffix, mamba2Block],
      { state: ["cache", "recurrent"] },
    ],
  ] as readonly (readonly [string, Shape, readonly Block[], (Partial<SyntheticModel> & { around?: readonly Row[] })?])[]
).map(([id, shape, blocks, extra]) => [id, () => build(id, shape, blocks, extra)] as const);

/** TinyLlama's shape, 1.1 billion weights in about 640 MB: where speed is measured. A base model: the prompt is all that it reads. */
export function oneBillion(): SyntheticModel {
  const shape: Shape = { ...KNOWN_SHAPES.tinyllama, vocabulary: "spm", weights: "Q4_K", table: "Q6_K" };
  const { metadata, ...model } = build("llama-1.1b-q4_k", shape, [attention, gated]);
  return {
    ...model,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !/chat_template/.test(key))),
  };
}
