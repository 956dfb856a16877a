// Qwen1.5-MoE and Qwen2-MoE: experts, and one that all tokens share. Names: modeling_qwen2_moe.py of transformers.
import { shaped } from "../reshape.js";
import { elementsOf } from "../stored-types.js";
import { type Architecture, eachLayer, u32, weight } from "./architecture.js";
import { expertKeys, expertRules } from "./qwen-experts.js";
import { qwen2 } from "./qwen2.js";
import { attention, norms, wholeEnds } from "./rules.js";

export const qwen2moe: Architecture = {
  ...qwen2,
  name: "qwen2moe",
  classes: ["Qwen2MoeForCausalLM"],
  keys: (config) => ({
    ...qwen2.keys(config),
    ...expertKeys(config, false),
    expert_shared_feed_forward_length: u32(config.count("shared_expert_intermediate_size")),
  }),
  tensors: (config) => [
    ...wholeEnds(config),
    ...eachLayer(config, (to, from) => [
      ...norms(to, from),
      ...attention(config, to, from),
      ...expertRules(config, to, from),
      weight(`${to}ffn_gate_inp_shexp`, `${from}mlp.shared_expert_gate`, (tensor) =>
        shaped(tensor, [elementsOf(tensor.shape)]),
      ),
      weight(`${to}ffn_gate_shexp`, `${from}mlp.shared_expert.gate_proj`),
      weight(`${to}ffn_up_shexp`, `${from}mlp.shared_expert.up_proj`),
      weight(`${to}ffn_down_shexp`, `${from}mlp.shared_expert.down_proj`),
    ]),
  ],
};
