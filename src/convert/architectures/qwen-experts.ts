// The experts of Qwen's models, as modeling_qwen2_moe.py and modeling_qwen3_moe.py name them.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import { type Keys, type Rule, u32, weight } from "./architecture.js";
import { expertsOf } from "./decoder.js";
import { fusedExperts, stackedExperts } from "./experts.js";

/** @param normalized whether the engine makes the weights of the chosen experts add up to 1 */
export function expertKeys(config: Config, normalized: boolean): Keys {
  const asked = config.any("norm_topk_prob") ?? normalized;
  if (asked !== normalized) {
    throw new OslmError("unsupported-checkpoint", { what: `norm_topk_prob ${asked} for this architecture`, known: [] });
  }
  const dense = config.list("mlp_only_layers") ?? [];
  if (dense.length > 0 || (config.optionalCount("decoder_sparse_step") ?? 1) !== 1) {
    throw new OslmError("unsupported-checkpoint", { what: "layers without experts in this architecture", known: [] });
  }
  return {
    expert_count: u32(expertsOf(config, "num_experts")),
    expert_used_count: u32(config.count("num_experts_per_tok")),
    expert_feed_forward_length: u32(config.count("moe_intermediate_size")),
  };
}

export function expertRules(config: Config, to: string, from: string): Rule[] {
  const experts = expertsOf(config, "num_experts");
  return [
    weight(`${to}ffn_gate_inp`, `${from}mlp.gate`),
    ...(["gate", "down", "up"] as const).map((part) => ({
      ...stackedExperts(`${to}ffn_${part}_exps`, experts, (expert) => `${from}mlp.experts.${expert}.${part}_proj`),
      or: fusedExperts(`${to}ffn_${part}_exps`, `${from}mlp.experts.`, experts, part),
    })),
  ];
}
