// Families that carry a state along, with a few layers of attention between.
import { typed } from "../gguf-writer.js";
import {
  attention,
  attentionNorm,
  betaAndAlpha,
  deltaNet,
  deltaNetKeys,
  EXPERT_FFN,
  EXPERTS,
  experts,
  FFN,
  gated,
  gatedAttention,
  headNorms,
  KV_HEADS,
  mamba,
  mambaKeys,
  norms,
  plain,
  routerBias,
  sharedExpert,
  shortConvolution,
  type Tensors,
  WIDTH,
} from "./blocks.js";
import type { Recipe } from "./recipe.js";

const postNorm: Tensors = { "post_attention_norm.weight": [WIDTH] };
const mixture = { expert_count: EXPERTS, expert_used_count: 2, expert_feed_forward_length: EXPERT_FFN };
const withShared = { ...mixture, expert_shared_feed_forward_length: EXPERT_FFN };
const sections = { "rope.dimension_sections": typed("int32", [2, 3, 3, 0]) };
const sharedGate: Tensors = { "ffn_gate_inp_shexp.weight": [WIDTH] };
/** Without heads for keys and values a layer is recurrent. */
const secondAttends = { "attention.head_count_kv": typed("int32", [0, KV_HEADS]) };

/** Qwen 3.5 and Qwen3-Next: the second layer attends. */
const qwen = (recurrent: Tensors, feedForward: Tensors) => (layer: number) => ({
  ...attentionNorm,
  ...postNorm,
  ...(layer === 1 ? { ...gatedAttention, ...headNorms } : { ...deltaNet, ...recurrent }),
  ...feedForward,
});
const manyExperts: Tensors = { ...experts(), ...sharedExpert(), ...sharedGate };

/** Three kinds of layers, one each: state, attention, feed-forward. */
const nemotron = (feedForward: Tensors) => (layer: number) => ({
  ...attentionNorm,
  ...([mamba, attention, feedForward][layer] ?? {}),
});
const threeKinds = {
  "attention.head_count_kv": typed("int32", [0, KV_HEADS, 0]),
  feed_forward_length: typed("int32", [0, 0, FFN]),
  ...mambaKeys,
};
const { "ffn_gate_exps.weight": _gate, ...ungated } = experts();
const { "ffn_gate_shexp.weight": _sharedGate, ...ungatedShared } = sharedExpert();

const lfm = (feedForward: (layer: number) => Tensors) => (layer: number) => ({
  ...norms,
  ...(layer === 1 ? { ...attention, ...headNorms } : shortConvolution),
  ...feedForward(layer),
});
const lfmAround = { "token_embd_norm.weight": [WIDTH], "output_norm.weight": null };
const lfmKeys = { ...secondAttends, "shortconv.l_cache": 3 };

export const recurrent: Readonly<Record<string, Recipe>> = {
  "falcon-h1": {
    vocabulary: "bpe:falcon-h1",
    // One norm has no suffix there.
    block: () => ({ ...attentionNorm, ffn_norm: [WIDTH], ...attention, ...mamba, ...gated }),
    keys: mambaKeys,
  },
  qwen35: { vocabulary: "bpe:qwen35", block: qwen(betaAndAlpha, gated), keys: { ...deltaNetKeys, ...sections } },
  qwen35moe: {
    vocabulary: "bpe:qwen35",
    block: qwen(betaAndAlpha, manyExperts),
    keys: { ...deltaNetKeys, ...sections, ...withShared },
  },
  qwen3next: {
    vocabulary: "bpe:qwen2",
    block: qwen({ "ssm_ba.weight": [WIDTH, 8] }, manyExperts),
    keys: { ...deltaNetKeys, ...withShared },
  },
  granitehybrid: {
    vocabulary: "bpe:refact",
    block: (layer) => ({ ...norms, ...(layer === 1 ? attention : mamba), ...gated }),
    keys: { ...secondAttends, ...mambaKeys, logit_scale: 0.25 },
  },
  lfm2: { vocabulary: "bpe:lfm2", block: lfm(() => gated), around: lfmAround, keys: lfmKeys },
  lfm2moe: {
    vocabulary: "bpe:lfm2",
    block: lfm((layer) => (layer === 0 ? gated : { ...experts(), ...routerBias })),
    around: lfmAround,
    keys: { ...lfmKeys, ...mixture, expert_gating_func: 2, leading_dense_block_count: 1 },
  },
  nemotron_h: { vocabulary: "bpe:tekken", layers: 3, block: nemotron(plain), keys: threeKinds },
  nemotron_h_moe: {
    vocabulary: "bpe:tekken",
    layers: 3,
    block: nemotron({ ...ungated, ...ungatedShared, ...routerBias }),
    keys: { ...threeKinds, ...withShared, expert_shared_count: 1, expert_gating_func: 2 },
  },
};
