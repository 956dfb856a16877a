// Qwen3: norms for each head, no biases. Names: modeling_qwen3.py and modeling_qwen3_moe.py of transformers.
import { type Architecture, eachLayer, type Rule, weight } from "./architecture.js";
import { expertKeys, expertRules } from "./qwen-experts.js";
import { qwen2 } from "./qwen2.js";
import { attention, ends, gatedFeedForward, norms } from "./rules.js";

export const headNorms = (to: string, from: string): Rule[] => [
  weight(`${to}attn_q_norm`, `${from}self_attn.q_norm`),
  weight(`${to}attn_k_norm`, `${from}self_attn.k_norm`),
];

export const qwen3: Architecture = {
  ...qwen2,
  name: "qwen3",
  classes: ["Qwen3ForCausalLM"],
  tensors: (config) => [
    ...ends(),
    ...eachLayer(config, (to, from) => [
      ...norms(to, from),
      ...attention(config, to, from),
      ...headNorms(to, from),
      ...gatedFeedForward(to, from),
    ]),
  ],
};

export const qwen3moe: Architecture = {
  ...qwen2,
  name: "qwen3moe",
  classes: ["Qwen3MoeForCausalLM"],
  keys: (config) => ({ ...qwen2.keys(config), ...expertKeys(config, true) }),
  tensors: (config) => [
    ...ends(),
    ...eachLayer(config, (to, from) => [
      ...norms(to, from),
      ...attention(config, to, from),
      ...headNorms(to, from),
      ...expertRules(config, to, from),
    ]),
  ],
};
