// Families where every weight works on every token.
import { typed } from "../gguf-writer.js";
import {
  attention,
  attentionBiases,
  attentionNorm,
  CONTEXT,
  doubled,
  fused,
  fusedBias,
  gated,
  headNorms,
  normBiases,
  norms,
  outputBias,
  plain,
  plainBiases,
  postNorms,
  VOCABULARY,
  WIDTH,
  wideNorms,
} from "./blocks.js";
import { alike, type Recipe } from "./recipe.js";

const lastNormBias = { "output_norm.bias": [WIDTH] };
const positions = { "position_embd.weight": [WIDTH, CONTEXT] };
/** The embeddings are the head as well. */
const tied = { "output.weight": null };
const scaled = { logit_scale: 0.25 };
const withBiases = [norms, normBiases, fused, fusedBias, outputBias, plain, plainBiases] as const;

export const dense: Readonly<Record<string, Recipe>> = {
  llama: alike("spm", norms, attention, gated),
  mistral3: alike("bpe:tekken", norms, attention, gated),
  falcon: {
    ...alike("bpe:falcon", attentionNorm, { "attn_norm.bias": [WIDTH] }, fused, plain),
    around: lastNormBias,
  },
  bloom: {
    ...alike("bpe:bloom", ...withBiases),
    around: { ...lastNormBias, "token_embd_norm.weight": [WIDTH], "token_embd_norm.bias": [WIDTH] },
  },
  gpt2: { ...alike("bpe:gpt-2", ...withBiases), around: { ...lastNormBias, ...positions } },
  starcoder: { ...alike("bpe:starcoder", ...withBiases), around: { ...lastNormBias, ...positions } },
  starcoder2: {
    ...alike("bpe:starcoder", norms, normBiases, attention, attentionBiases, outputBias, plain, plainBiases),
    around: lastNormBias,
  },
  phi2: {
    ...alike("bpe:gpt-2", attentionNorm, { "attn_norm.bias": [WIDTH] }, attention, outputBias, plain, plainBiases),
    around: { ...lastNormBias, "output.bias": [VOCABULARY] },
  },
  phi3: alike("spm", norms, fused, doubled),
  gemma: { ...alike("spm", norms, attention, gated), around: tied },
  qwen2: alike("bpe:qwen2", norms, attention, attentionBiases, gated),
  qwen3: alike("bpe:qwen2", norms, attention, headNorms, gated),
  qwen3vl: {
    ...alike("bpe:qwen2", norms, attention, headNorms, gated),
    keys: { "rope.dimension_sections": typed("int32", [2, 3, 3, 0]), n_deepstack_layers: 0 },
  },
  smollm3: alike("bpe:smaug-bpe", norms, attention, gated),
  olmo2: alike("bpe:dbrx", attention, wideNorms, postNorms, gated),
  granite: { ...alike("bpe:refact", norms, attention, gated), keys: scaled },
  "command-r": { ...alike("bpe:command-r", attentionNorm, attention, gated), around: tied, keys: scaled },
  chatglm: alike("bpe:chatglm-bpe", norms, fused, fusedBias, doubled),
  glm4: alike("bpe:glm4", norms, attention, postNorms, doubled),
  exaone: alike("bpe:exaone", norms, attention, gated),
  exaone4: alike("bpe:exaone4", attention, headNorms, postNorms, gated),
  apertus: {
    ...alike("bpe:tekken", norms, attention, headNorms, plain),
    keys: Object.fromEntries(["alpha_n", "alpha_p", "beta", "eps"].map((key) => [`/xielu.${key}`, 0.5])),
  },
  seed_oss: alike("bpe:seed-coder", attentionNorm, { "post_attention_norm.weight": [WIDTH] }, attention, gated),
};
