// Seed-OSS: biases of queries, keys and values, heads of their own width. Names: modeling_seed_oss.py of transformers.
import { type Architecture, eachLayer, weight } from "./architecture.js";
import { qwen2 } from "./qwen2.js";
import { attentionWithoutLastBias, ends } from "./rules.js";

export const seedOss: Architecture = {
  ...qwen2,
  name: "seed_oss",
  classes: ["SeedOssForCausalLM"],
  tensors: (config) => [
    ...ends(),
    ...eachLayer(config, (to, from) => [
      weight(`${to}attn_norm`, `${from}input_layernorm`),
      ...attentionWithoutLastBias(config, to, from),
      weight(`${to}post_attention_norm`, `${from}post_attention_layernorm`),
      ...["gate", "up", "down"].map((part) => weight(`${to}ffn_${part}`, `${from}mlp.${part}_proj`)),
    ]),
  ],
};
