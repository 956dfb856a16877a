// Tensors that many decoders have under the same names: those of modeling_llama.py, which transformers' later files follow.
import type { Config } from "../config.js";
import { eachLayer, linear, type Make, type Rule, weight } from "./architecture.js";
import { headsOf } from "./decoder.js";
import { interleaved } from "./heads.js";

/** What stands before and after the layers. Without a matrix of its own the output takes that of the input. */
export function ends(make?: Make): Rule[] {
  return [
    weight("token_embd", "embed_tokens"),
    weight("output_norm", "norm", make),
    { ...weight("output", "lm_head"), optional: true },
  ];
}

/** The same for those of which the engine wants the output's matrix, even where it is the input's. */
export function wholeEnds(config: Config): Rule[] {
  const tied = config.flag("tie_word_embeddings");
  return [
    weight("token_embd", "embed_tokens"),
    weight("output_norm", "norm"),
    weight("output", tied ? "embed_tokens" : "lm_head"),
  ];
}

/** With biases where there are some. `rotates: "neighbors"` where the engine rotates other pairs than transformers. */
export function attention(
  config: Config,
  to: string,
  from: string,
  rotates: "neighbors" | "halves" = "halves",
): Rule[] {
  const { queries, keys } = headsOf(config);
  const order = (heads: number) => (rotates === "neighbors" ? interleaved(heads) : undefined);
  return [
    ...linear(`${to}attn_q`, `${from}self_attn.q_proj`, order(queries)),
    ...linear(`${to}attn_k`, `${from}self_attn.k_proj`, order(keys)),
    ...linear(`${to}attn_v`, `${from}self_attn.v_proj`),
    ...linear(`${to}attn_output`, `${from}self_attn.o_proj`),
  ];
}

/** The same where the engine adds no bias to what comes out: a checkpoint that has one is refused. */
export const attentionWithoutLastBias = (config: Config, to: string, from: string): Rule[] =>
  attention(config, to, from).filter((rule) => rule.to !== `${to}attn_output.bias`);

/** The norms before attention and before the feed-forward part. */
export const norms = (to: string, from: string): Rule[] => [
  weight(`${to}attn_norm`, `${from}input_layernorm`),
  weight(`${to}ffn_norm`, `${from}post_attention_layernorm`),
];

export const gatedFeedForward = (to: string, from: string): Rule[] => [
  ...linear(`${to}ffn_gate`, `${from}mlp.gate_proj`),
  ...linear(`${to}ffn_up`, `${from}mlp.up_proj`),
  ...linear(`${to}ffn_down`, `${from}mlp.down_proj`),
];

/** Layers of those three and nothing else. */
export const plainLayers = (config: Config, rotates?: "neighbors" | "halves"): Rule[] =>
  eachLayer(config, (to, from) => [
    ...norms(to, from),
    ...attention(config, to, from, rotates),
    ...gatedFeedForward(to, from),
  ]);

/** Buffers that old checkpoints hold besides their weights. */
export const isBuffer = (name: string): boolean => /\.rotary_emb\.inv_freq$/.test(name);
