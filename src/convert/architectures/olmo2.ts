// OLMo 2: norms after each part, and over all heads of queries and keys together. Names: modeling_olmo2.py of transformers.
import { type Architecture, activated, eachLayer, weight } from "./architecture.js";
import { decoderKeys, ropeKeys } from "./decoder.js";
import { headNorms } from "./qwen3.js";
import { attention, gatedFeedForward, isBuffer, wholeEnds } from "./rules.js";

export const olmo2: Architecture = {
  name: "olmo2",
  classes: ["Olmo2ForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    return { ...decoderKeys(config), ...ropeKeys(config) };
  },
  tensors: (config) => [
    ...wholeEnds(config),
    ...eachLayer(config, (to, from) => [
      ...attention(config, to, from),
      ...headNorms(to, from),
      weight(`${to}post_attention_norm`, `${from}post_attention_layernorm`),
      ...gatedFeedForward(to, from),
      weight(`${to}post_ffw_norm`, `${from}post_feedforward_layernorm`),
    ]),
  ],
};
