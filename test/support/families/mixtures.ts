// Families whose router sends each token to a few of many experts.
import { typed } from "../gguf-writer.js";
import {
  attention,
  attentionBiases,
  attentionNorm,
  EXPERT_FFN,
  EXPERTS,
  experts,
  FFN,
  gated,
  HEADS,
  headNorms,
  latent,
  normBiases,
  norms,
  outputBias,
  routerBias,
  sharedExpert,
  VOCABULARY,
  WIDTH,
  wideNorms,
} from "./blocks.js";
import { alike, type Recipe } from "./recipe.js";

const used = { expert_count: EXPERTS, expert_used_count: 2 };
const own = { ...used, expert_feed_forward_length: EXPERT_FFN };
const withShared = { ...own, expert_shared_count: 1 };
/** The first layer has no experts. */
const denseFirst = { ...withShared, leading_dense_block_count: 1 };
const latentKeys = {
  ...denseFirst,
  "attention.head_count_kv": 1,
  "attention.key_length": 40,
  "attention.value_length": 32,
  "attention.key_length_mla": 24,
  "attention.value_length_mla": 16,
  "attention.kv_lora_rank": 32,
  "attention.q_lora_rank": 32,
  "rope.dimension_count": 8,
};
const latentBlock = (layer: number) => ({
  ...norms,
  ...latent,
  ...(layer === 0 ? gated : { ...experts(), ...sharedExpert() }),
});
const INDEX_HEADS = 8;
const INDEX_KEY = 128;
const indexer = {
  "indexer.k_norm.weight": [INDEX_KEY],
  "indexer.k_norm.bias": [INDEX_KEY],
  "indexer.proj.weight": [WIDTH, INDEX_HEADS],
  "indexer.attn_k.weight": [WIDTH, INDEX_KEY],
  "indexer.attn_q_b.weight": [32, INDEX_HEADS * INDEX_KEY],
};
const indexerKeys = {
  "attention.indexer.head_count": INDEX_HEADS,
  "attention.indexer.key_length": INDEX_KEY,
  "attention.indexer.top_k": 64,
};

const LATENT_HEAD = 16;
const STREAMS = 4;
const MIXES = (2 + STREAMS) * STREAMS;
/** DeepSeek V4: one vector of keys and values a layer, several residual streams, and compressed far memory. */
const streams = Object.fromEntries(
  ["attn", "ffn"].flatMap((part) => [
    [`hc_${part}_fn.weight`, [STREAMS * WIDTH, MIXES]],
    [`hc_${part}_base.weight`, [MIXES]],
    [`hc_${part}_scale.weight`, [3]],
  ]),
);

/** Of so many tokens one is made. */
const compressor = (prefix: string, size: number, tokens: number) => ({
  [`${prefix}compressor_kv.weight`]: [WIDTH, size],
  [`${prefix}compressor_gate.weight`]: [WIDTH, size],
  [`${prefix}compressor_ape.weight`]: [size, tokens],
  [`${prefix}compressor_norm.weight`]: [prefix === "attn_" ? LATENT_HEAD : INDEX_KEY],
});
const fineIndexer = {
  "indexer.proj.weight": [WIDTH, INDEX_HEADS],
  "indexer.attn_q_b.weight": [32, INDEX_HEADS * INDEX_KEY],
  ...compressor("indexer_", 2 * INDEX_KEY, 4),
};

export const mixtures: Readonly<Record<string, Recipe>> = {
  llama4: {
    vocabulary: "bpe:llama4",
    // Every fourth layer has no positions; the engine ends the process where there is none (src/gguf/sliding-window.ts).
    layers: 4,
    block: (layer) => ({ ...norms, ...attention, ...(layer % 2 === 0 ? gated : { ...experts(), ...sharedExpert() }) }),
    keys: { ...own, interleave_moe_layer_step: 2 },
  },
  deepseek2: { vocabulary: "bpe:deepseek-v3", block: latentBlock, keys: latentKeys },
  mistral4: { vocabulary: "bpe:tekken", block: latentBlock, keys: latentKeys },
  deepseek32: {
    vocabulary: "bpe:deepseek-v3",
    block: (layer) => ({ ...latentBlock(layer), ...indexer }),
    keys: {
      ...latentKeys,
      expert_gating_func: 2,
      ...indexerKeys,
    },
  },
  deepseek4: {
    vocabulary: "bpe:deepseek-v3",
    block: (layer) => ({
      ...norms,
      ...streams,
      ...experts(),
      ...sharedExpert(),
      ...routerBias,
      "attn_sinks.weight": [HEADS],
      "attn_q_a.weight": [WIDTH, 32],
      "attn_q_a_norm.weight": [32],
      "attn_q_b.weight": [32, HEADS * LATENT_HEAD],
      "attn_kv.weight": [WIDTH, LATENT_HEAD],
      "attn_kv_a_norm.weight": [LATENT_HEAD],
      "attn_output_a.weight": [(HEADS * LATENT_HEAD) / 2, 16, 2],
      "attn_output_b.weight": [2 * 16, WIDTH],
      ...(layer === 0
        ? compressor("attn_", LATENT_HEAD, 128)
        : { ...compressor("attn_", 2 * LATENT_HEAD, 4), ...fineIndexer }),
    }),
    around: {
      "output_hc_fn.weight": [STREAMS * WIDTH, STREAMS],
      "output_hc_base.weight": [STREAMS],
      "output_hc_scale.weight": [1],
    },
    keys: {
      ...withShared,
      expert_gating_func: 4,
      expert_weights_scale: typed("float32", 1),
      expert_weights_norm: true,
      swiglu_clamp_exp: typed("float32", 10),
      hash_layer_count: 0,
      "attention.head_count_kv": 1,
      "attention.q_lora_rank": 32,
      "attention.sliding_window": 64,
      ...indexerKeys,
      "attention.output_group_count": 2,
      "attention.output_lora_rank": 16,
      "attention.compress_rope_freq_base": typed("float32", 10_000),
      "attention.compress_ratios": typed("int32", [128, 4]),
      "hyper_connection.count": STREAMS,
      "hyper_connection.sinkhorn_iterations": 2,
      "hyper_connection.epsilon": 1e-6,
    },
  },
  phimoe: {
    ...alike("spm", norms, normBiases, attention, outputBias, experts(FFN)),
    around: { "output_norm.bias": [WIDTH], "output.bias": [VOCABULARY] },
    keys: used,
  },
  qwen2moe: {
    ...alike("bpe:qwen2", norms, attention, attentionBiases, experts(), sharedExpert(), {
      "ffn_gate_inp_shexp.weight": [WIDTH],
    }),
    keys: { ...own, expert_shared_feed_forward_length: EXPERT_FFN },
  },
  qwen3moe: { ...alike("bpe:qwen2", norms, attention, headNorms, experts()), keys: own },
  "gpt-oss": {
    ...alike("bpe:gpt-4o", attentionNorm, attention, attentionBiases, outputBias, experts(), {
      "post_attention_norm.weight": [WIDTH],
      "attn_sinks.weight": [HEADS],
      "ffn_gate_inp.bias": [EXPERTS],
      "ffn_gate_exps.bias": [EXPERT_FFN, EXPERTS],
      "ffn_up_exps.bias": [EXPERT_FFN, EXPERTS],
      "ffn_down_exps.bias": [WIDTH, EXPERTS],
    }),
    keys: { ...own, "attention.sliding_window": 64 },
  },
  granitemoe: { ...alike("bpe:refact", norms, attention, experts(FFN)), keys: { ...used, logit_scale: 0.25 } },
  glm4moe: {
    vocabulary: "bpe:glm4",
    block: (layer) => ({
      ...attentionNorm,
      ...attention,
      "post_attention_norm.weight": [WIDTH],
      ...(layer === 0 ? gated : { ...experts(), ...sharedExpert(), ...routerBias }),
    }),
    keys: denseFirst,
  },
  "minimax-m2": {
    ...alike("bpe:minimax-m2", norms, attention, wideNorms, experts(FFN), routerBias),
    keys: { ...used, expert_feed_forward_length: FFN, expert_gating_func: 2 },
  },
  laguna: {
    vocabulary: "bpe:laguna",
    block: (layer) => ({
      ...norms,
      ...attention,
      ...headNorms,
      "attn_gate.weight": [WIDTH, HEADS],
      ...(layer === 0 ? gated : { ...experts(), ...routerBias, ...sharedExpert() }),
    }),
    keys: { ...denseFirst, "rope.scaling.type": "none" },
  },
  "hunyuan-moe": {
    ...alike("bpe:hunyuan", norms, attention, headNorms, experts(FFN), sharedExpert()),
    keys: { ...used, expert_feed_forward_length: FFN, expert_shared_feed_forward_length: EXPERT_FFN },
  },
  "ernie4_5-moe": {
    vocabulary: "spm",
    block: (layer) => ({ ...norms, ...attention, ...(layer === 0 ? gated : { ...experts(), ...sharedExpert() }) }),
    keys: {
      ...own,
      expert_shared_feed_forward_length: EXPERT_FFN,
      interleave_moe_layer_step: 1,
      leading_dense_block_count: 1,
    },
  },
};
