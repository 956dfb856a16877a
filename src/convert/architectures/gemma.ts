// Gemma 1: norms whose weights are kept less one. Names: modeling_gemma.py of transformers.
import { computed } from "../reshape.js";
import { type Architecture, activated, eachLayer, type Make, weight } from "./architecture.js";
import { decoderKeys, ropeKeys } from "./decoder.js";
import { attention, gatedFeedForward, isBuffer } from "./rules.js";

export const plusOne: Make = (tensor) => computed(tensor, (value) => value + 1);

/** The input's matrix is the output's as well; some checkpoints hold it twice. */
export const gemma: Architecture = {
  name: "gemma",
  classes: ["GemmaForCausalLM"],
  ignored: (name) => isBuffer(name) || name === "lm_head.weight",
  keys: (config) => {
    activated(config, ["hidden_activation", "hidden_act"], ["gelu_pytorch_tanh", "gelu"]);
    return { ...decoderKeys(config), ...ropeKeys(config, []) };
  },
  tensors: (config) => [
    weight("token_embd", "embed_tokens"),
    weight("output_norm", "norm", plusOne),
    ...eachLayer(config, (to, from) => [
      weight(`${to}attn_norm`, `${from}input_layernorm`, plusOne),
      ...attention(config, to, from),
      weight(`${to}ffn_norm`, `${from}post_attention_layernorm`, plusOne),
      ...gatedFeedForward(to, from),
    ]),
  ],
};
