// DeepSeek V2 and V3: keys and values from a small latent row, experts beside shared ones. Names: modeling_deepseek.py of the publisher.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import { arrange, transposed, unfit, type Weights } from "../reshape.js";
import {
  type Architecture,
  activated,
  bool,
  eachLayer,
  f32,
  type Keys,
  layersOf,
  maybe,
  plain,
  type Rule,
  u32,
  weight,
} from "./architecture.js";
import { expertsOf, ropeKeys, ropeOf } from "./decoder.js";
import { stackedExperts } from "./experts.js";
import { ends, gatedFeedForward, isBuffer, norms } from "./rules.js";

/** Of one head: what does not rotate, what does, what values are wide. */
interface Parts {
  readonly heads: number;
  readonly still: number;
  readonly rotated: number;
  readonly value: number;
  /** Of the row that keys and values are made of. */
  readonly latent: number;
}

export const deepseek2: Architecture = {
  name: "deepseek2",
  classes: ["DeepseekV2ForCausalLM", "DeepseekV3ForCausalLM"],
  // Layers beyond the last guess further tokens; the engine does without.
  ignored: (name, config) => isBuffer(name) || Number(/^layers\.(\d+)\./.exec(name)?.[1] ?? -1) >= layersOf(config),
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    const { heads, still, rotated, value, latent } = partsOf(config);
    return {
      vocab_size: u32(config.count("vocab_size")),
      context_length: u32(config.count("max_position_embeddings")),
      embedding_length: u32(config.count("hidden_size")),
      block_count: u32(layersOf(config)),
      feed_forward_length: u32(config.count("intermediate_size")),
      leading_dense_block_count: { type: "uint32", value: denseOf(config) },
      "attention.head_count": u32(heads),
      // For the engine all heads share the latent row.
      "attention.head_count_kv": u32(1),
      "attention.layer_norm_rms_epsilon": f32(config.optionalNumber("rms_norm_eps") ?? 1e-6),
      // Said even where there is none: the engine would tell from the number of layers.
      "attention.q_lora_rank": u32(config.optionalCount("q_lora_rank") ?? 0),
      "attention.kv_lora_rank": u32(latent),
      "attention.key_length": u32(latent + rotated),
      "attention.value_length": u32(latent),
      "attention.key_length_mla": u32(still + rotated),
      "attention.value_length_mla": u32(value),
      "rope.dimension_count": u32(rotated),
      ...ropeKeys(config, ["yarn"]),
      ...yarnKeys(config),
      ...expertKeys(config),
    };
  },
  tensors: (config) => [
    ...ends(),
    ...eachLayer(config, (to, from, layer) => [
      ...norms(to, from),
      ...queries(config, to, from),
      ...latents(partsOf(config), to, from),
      ...(layer < denseOf(config) ? gatedFeedForward(to, from) : routed(config, to, from)),
    ]),
  ],
};

function partsOf(config: Config): Parts {
  return {
    heads: config.count("num_attention_heads"),
    still: config.count("qk_nope_head_dim"),
    rotated: config.count("qk_rope_head_dim"),
    value: config.count("v_head_dim"),
    latent: config.count("kv_lora_rank"),
  };
}

/** Layers at the beginning that have no experts. */
function denseOf(config: Config): number {
  const dense = config.any("first_k_dense_replace") ?? 0;
  return typeof dense === "number" && Number.isInteger(dense) && dense >= 0
    ? dense
    : config.refuse("has no usable first_k_dense_replace");
}

function queries(config: Config, to: string, from: string): Rule[] {
  if (config.optionalCount("q_lora_rank") === undefined) return [weight(`${to}attn_q`, `${from}self_attn.q_proj`)];
  return [
    weight(`${to}attn_q_a`, `${from}self_attn.q_a_proj`),
    weight(`${to}attn_q_a_norm`, `${from}self_attn.q_a_layernorm`),
    weight(`${to}attn_q_b`, `${from}self_attn.q_b_proj`),
  ];
}

function latents(parts: Parts, to: string, from: string): Rule[] {
  const both = `${from}self_attn.kv_b_proj`;
  return [
    weight(`${to}attn_kv_a_mqa`, `${from}self_attn.kv_a_proj_with_mqa`),
    weight(`${to}attn_kv_a_norm`, `${from}self_attn.kv_a_layernorm`),
    weight(`${to}attn_k_b`, both, (tensor) => transposed(rowsOfHeads(tensor, parts, 0, parts.still))),
    weight(`${to}attn_v_b`, both, (tensor) => rowsOfHeads(tensor, parts, parts.still, parts.value)),
    weight(`${to}attn_output`, `${from}self_attn.o_proj`),
  ];
}

/** Of each head the rows from `first` on, as a matrix of its own. */
function rowsOfHeads(tensor: Weights, { heads, still, value, latent }: Parts, first: number, count: number): Weights {
  const each = still + value;
  if (tensor.shape.join() !== [heads * each, latent].join()) throw unfit(tensor, `is not [${heads * each}, ${latent}]`);
  return arrange(
    tensor,
    [heads, count, latent],
    latent,
    (row) => Math.floor(row / count) * each + first + (row % count),
  );
}

function routed(config: Config, to: string, from: string): Rule[] {
  const experts = expertsOf(config, "n_routed_experts");
  const matrix = (name: string) => (expert: number) => `${from}mlp.experts.${expert}.${name}`;
  const shared = config.optionalCount("n_shared_experts") === undefined ? [] : ["gate", "up", "down"];
  return [
    weight(`${to}ffn_gate_inp`, `${from}mlp.gate`),
    { ...plain(`${to}exp_probs_b.bias`, `${from}mlp.gate.e_score_correction_bias`), optional: true },
    stackedExperts(`${to}ffn_gate_exps`, experts, matrix("gate_proj")),
    stackedExperts(`${to}ffn_down_exps`, experts, matrix("down_proj")),
    stackedExperts(`${to}ffn_up_exps`, experts, matrix("up_proj")),
    ...shared.map((name) => weight(`${to}ffn_${name}_shexp`, `${from}mlp.shared_experts.${name}_proj`)),
  ];
}

/** `enum llama_expert_gating_func_type`. */
const GATING: Readonly<Record<string, number>> = { softmax: 1, sigmoid: 2 };

function expertKeys(config: Config): Keys {
  const scoring = config.optionalText("scoring_func") ?? "softmax";
  const method = config.optionalText("topk_method") ?? "greedy";
  const groups = config.optionalCount("n_group") ?? 1;
  // The engine weighs groups of experts by their two best, as V3 does; V2 took their best one.
  if (!Object.hasOwn(GATING, scoring) || (groups > 1 && method !== "noaux_tc")) {
    throw new OslmError("unsupported-checkpoint", {
      what: `experts chosen by ${JSON.stringify(`${scoring}, ${method}`)} in ${groups} groups`,
      known: ["softmax, greedy", "sigmoid, noaux_tc"],
    });
  }
  if ((config.optionalCount("moe_layer_freq") ?? 1) !== 1) {
    throw new OslmError("unsupported-checkpoint", { what: "moe_layer_freq above 1", known: [] });
  }
  return {
    expert_count: u32(expertsOf(config, "n_routed_experts")),
    expert_used_count: u32(config.count("num_experts_per_tok")),
    expert_shared_count: u32(config.optionalCount("n_shared_experts") ?? 0),
    expert_feed_forward_length: u32(config.count("moe_intermediate_size")),
    expert_weights_scale: maybe(f32, config.optionalNumber("routed_scaling_factor")),
    expert_weights_norm: config.flag("norm_topk_prob") ? bool(true) : undefined,
    expert_gating_func: { type: "uint32", value: GATING[scoring] as number },
    ...(groups > 1 && {
      expert_group_count: u32(groups),
      expert_group_used_count: u32(config.count("topk_group")),
    }),
  };
}

/** The engine takes one factor for what transformers computes of two; in every published model they are equal. */
function yarnKeys(config: Config): Keys {
  const { kind, settings } = ropeOf(config);
  if (kind !== "yarn") return {};
  if (settings.any("attention_factor", "attn_factor") !== undefined) {
    throw new OslmError("unsupported-checkpoint", { what: "rotations with a magnitude of their own", known: [] });
  }
  const all = settings.optionalNumber("mscale_all_dim");
  if (all === undefined || (settings.optionalNumber("mscale") ?? 1) !== all) {
    throw new OslmError("unsupported-checkpoint", {
      what: "rotations whose mscale and mscale_all_dim differ",
      known: [],
    });
  }
  return { "rope.scaling.attn_factor": undefined, "rope.scaling.yarn_log_multiplier": f32(0.1 * all) };
}
