// Small models that the engine really loads: every tensor of its architecture, with weights of zero.
import { type GgufSpec, typed, type WritableTensor, type WritableValue } from "./gguf-writer.js";

const VOCAB = 260;
const LAYERS = 2;
const WIDTH = 64;
const FFN = 96;
const HEADS = 4;
const KV_HEADS = 2;
const HEAD = WIDTH / HEADS;

type Dims = readonly number[];
type Family = (layer: number) => Readonly<Record<string, Dims>>;

const QKV = {
  "attn_q.weight": [WIDTH, WIDTH],
  "attn_k.weight": [WIDTH, KV_HEADS * HEAD],
  "attn_v.weight": [WIDTH, KV_HEADS * HEAD],
  "attn_output.weight": [WIDTH, WIDTH],
};
const NORMS = { "attn_norm.weight": [WIDTH], "ffn_norm.weight": [WIDTH] };
const GATED = { "ffn_gate.weight": [WIDTH, FFN], "ffn_up.weight": [WIDTH, FFN], "ffn_down.weight": [FFN, WIDTH] };
const ROUTED = {
  "ffn_gate_inp.weight": [WIDTH, 4],
  "ffn_gate_exps.weight": [WIDTH, FFN, 4],
  "ffn_up_exps.weight": [WIDTH, FFN, 4],
  "ffn_down_exps.weight": [FFN, WIDTH, 4],
};
/** One matrix for queries, keys and values, biases and norms with biases: GPT-2, BLOOM. */
const FUSED = {
  ...NORMS,
  "attn_norm.bias": [WIDTH],
  "ffn_norm.bias": [WIDTH],
  "attn_qkv.weight": [WIDTH, 3 * WIDTH],
  "attn_qkv.bias": [3 * WIDTH],
  "attn_output.weight": [WIDTH, WIDTH],
  "attn_output.bias": [WIDTH],
  "ffn_up.weight": [WIDTH, FFN],
  "ffn_up.bias": [FFN],
  "ffn_down.weight": [FFN, WIDTH],
  "ffn_down.bias": [WIDTH],
};
const POST = { "post_attention_norm.weight": [WIDTH], "post_ffw_norm.weight": [WIDTH] };
const HEAD_NORMS = { "attn_q_norm.weight": [HEAD], "attn_k_norm.weight": [HEAD] };
const INNER = 2 * WIDTH;
const MAMBA = {
  "attn_norm.weight": [WIDTH],
  "ssm_in.weight": [WIDTH, 2 * INNER],
  "ssm_conv1d.weight": [4, INNER],
  "ssm_conv1d.bias": [INNER],
  "ssm_x.weight": [INNER, 4 + 2 * 16],
  "ssm_dt.weight": [4, INNER],
  "ssm_dt.bias": [INNER],
  ssm_a: [16, INNER],
  ssm_d: [INNER],
  "ssm_out.weight": [INNER, WIDTH],
};
const LATENT = {
  ...NORMS,
  "attn_q_a_norm.weight": [32],
  "attn_q_a.weight": [WIDTH, 32],
  "attn_q_b.weight": [32, HEADS * 24],
  "attn_kv_a_norm.weight": [32],
  "attn_kv_a_mqa.weight": [WIDTH, 32 + 8],
  "attn_k_b.weight": [16, 32, HEADS],
  "attn_v_b.weight": [32, 16, HEADS],
  "attn_output.weight": [HEADS * 16, WIDTH],
};

interface Recipe {
  readonly arch: string;
  readonly block: Family;
  readonly keys?: Readonly<Record<string, WritableValue>>;
  readonly others?: Readonly<Record<string, Dims>>;
}

const norm = (arch: string, kind = "layer_norm_rms_epsilon") => ({ [`${arch}.attention.${kind}`]: 1e-5 });
const kv = (arch: string) => ({ [`${arch}.attention.head_count_kv`]: KV_HEADS });
const OUTPUT_BIAS = { "output_norm.bias": [WIDTH] };

const RECIPES = {
  llama: { arch: "llama", block: () => ({ ...NORMS, ...QKV, ...GATED }), keys: { ...norm("llama"), ...kv("llama") } },
  mixtral: {
    arch: "llama",
    block: () => ({ ...NORMS, ...QKV, ...ROUTED }),
    keys: { ...norm("llama"), ...kv("llama"), "llama.expert_count": 4, "llama.expert_used_count": 2 },
  },
  qwen2: { arch: "qwen2", block: () => ({ ...NORMS, ...QKV, ...GATED }), keys: { ...norm("qwen2"), ...kv("qwen2") } },
  qwen3: {
    arch: "qwen3",
    block: () => ({ ...NORMS, ...QKV, ...HEAD_NORMS, ...GATED }),
    keys: { ...norm("qwen3"), ...kv("qwen3") },
  },
  gemma2: {
    arch: "gemma2",
    block: () => ({ ...NORMS, ...QKV, ...POST, ...GATED }),
    keys: { ...norm("gemma2"), ...kv("gemma2"), "gemma2.attention.sliding_window": 64 },
  },
  gemma3: {
    arch: "gemma3",
    block: () => ({ ...NORMS, ...QKV, ...POST, ...HEAD_NORMS, ...GATED }),
    keys: { ...norm("gemma3"), ...kv("gemma3"), "gemma3.attention.sliding_window": 64 },
  },
  gpt2: {
    arch: "gpt2",
    block: () => FUSED,
    keys: norm("gpt2", "layer_norm_epsilon"),
    others: { ...OUTPUT_BIAS, "position_embd.weight": [WIDTH, 256] },
  },
  bloom: {
    arch: "bloom",
    block: () => FUSED,
    keys: norm("bloom", "layer_norm_epsilon"),
    others: { ...OUTPUT_BIAS, "token_embd_norm.weight": [WIDTH], "token_embd_norm.bias": [WIDTH] },
  },
  mamba: {
    arch: "mamba",
    block: () => MAMBA,
    keys: {
      ...norm("mamba"),
      "mamba.ssm.conv_kernel": 4,
      "mamba.ssm.inner_size": INNER,
      "mamba.ssm.state_size": 16,
      "mamba.ssm.time_step_rank": 4,
    },
  },
  deepseek2: {
    arch: "deepseek2",
    block: (layer) => ({
      ...LATENT,
      ...(layer === 0
        ? GATED
        : {
            ...ROUTED,
            "ffn_gate_shexp.weight": [WIDTH, FFN],
            "ffn_up_shexp.weight": [WIDTH, FFN],
            "ffn_down_shexp.weight": [FFN, WIDTH],
          }),
    }),
    keys: {
      ...norm("deepseek2"),
      "deepseek2.attention.head_count_kv": 1,
      "deepseek2.attention.key_length": 40,
      "deepseek2.attention.value_length": 32,
      "deepseek2.attention.key_length_mla": 24,
      "deepseek2.attention.value_length_mla": 16,
      "deepseek2.attention.kv_lora_rank": 32,
      "deepseek2.attention.q_lora_rank": 32,
      "deepseek2.rope.dimension_count": 8,
      "deepseek2.leading_dense_block_count": 1,
      "deepseek2.expert_count": 4,
      "deepseek2.expert_used_count": 2,
      "deepseek2.expert_shared_count": 1,
      "deepseek2.expert_feed_forward_length": FFN,
    },
  },
} satisfies Record<string, Recipe>;

export type FamilyName = keyof typeof RECIPES;
export const FAMILIES = Object.keys(RECIPES) as readonly FamilyName[];

/** Byte tokens and three of control, as SentencePiece has them. */
function tokenizer(): Record<string, WritableValue> {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  return {
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": ["<unk>", "<s>", "</s>", ...bytes, "\u2581"],
    "tokenizer.ggml.scores": typed("float32", new Array<number>(VOCAB).fill(0)),
    "tokenizer.ggml.token_type": typed("int32", [2, 3, 3, ...new Array<number>(256).fill(6), 1]),
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
  };
}

/** What `writeGguf` takes, so that a test can change it first; the file has some 250 KB. */
export function runnable(name: FamilyName): GgufSpec & {
  readonly metadata: Readonly<Record<string, WritableValue>>;
  readonly tensors: readonly WritableTensor[];
} {
  const { arch, block, keys, others = {} }: Recipe = RECIPES[name];
  const tensor = ([tensorName, dims]: [string, Dims]): WritableTensor => ({ name: tensorName, dims });
  return {
    metadata: {
      "general.architecture": arch,
      "general.name": name,
      [`${arch}.block_count`]: LAYERS,
      [`${arch}.context_length`]: 256,
      [`${arch}.embedding_length`]: WIDTH,
      [`${arch}.feed_forward_length`]: FFN,
      [`${arch}.attention.head_count`]: HEADS,
      ...keys,
      ...tokenizer(),
    },
    tensors: [
      ...Object.entries({ "token_embd.weight": [WIDTH, VOCAB], "output_norm.weight": [WIDTH], ...others }).map(tensor),
      ...Array.from({ length: LAYERS }, (_, layer) =>
        Object.entries(block(layer)).map(([part, dims]) => tensor([`blk.${layer}.${part}`, dims])),
      ).flat(),
    ],
  };
}
