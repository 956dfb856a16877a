// Granite 3: a llama with four factors. Names: modeling_granite.py of transformers.
import { type Architecture, f32 } from "./architecture.js";
import { llama } from "./llama.js";

export const granite: Architecture = {
  ...llama,
  name: "granite",
  classes: ["GraniteForCausalLM"],
  keys: (config) => ({
    ...llama.keys(config),
    "attention.scale": f32(config.number("attention_multiplier")),
    embedding_scale: f32(config.number("embedding_multiplier")),
    residual_scale: f32(config.number("residual_multiplier")),
    logit_scale: f32(config.number("logits_scaling")),
  }),
};
