// Falcon 7B, 40B, 180B and 11B: attention and feed-forward side by side, queries, keys and values in one matrix by groups.
// Names: modeling_falcon.py of transformers, and configuration_RW.py, which the repositories had before (RWForCausalLM).
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import { type Architecture, eachLayer, f32, layersOf, norm, type Rule, u32, weight } from "./architecture.js";
import { headsOf, ropeKeys } from "./decoder.js";
import { ungrouped } from "./heads.js";
import { isBuffer } from "./rules.js";

export const falcon: Architecture = {
  name: "falcon",
  classes: ["FalconForCausalLM", "RWForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    const parallel = config.any("parallel_attn") !== false;
    if (config.flag("alibi") || config.flag("bias") || !parallel) {
      throw new OslmError("unsupported-checkpoint", {
        what: "a Falcon with alibi, with biases or without parallel_attn",
        known: [],
      });
    }
    const { queries } = headsOf(config);
    const wide = config.count("hidden_size");
    return {
      vocab_size: u32(config.count("vocab_size")),
      // What the first ones were made for; their configuration does not say.
      context_length: u32(config.optionalCount("max_position_embeddings") ?? 2048),
      embedding_length: u32(wide),
      block_count: u32(layersOf(config)),
      feed_forward_length: u32(config.optionalCount("ffn_hidden_size") ?? 4 * wide),
      "attention.head_count": u32(queries),
      "attention.head_count_kv": u32(groupsOf(config)),
      "attention.layer_norm_epsilon": f32(config.number("layer_norm_epsilon")),
      ...ropeKeys(config, []),
    };
  },
  tensors: (config) => {
    const groups = groupsOf(config);
    const split = ungrouped(groups, headsOf(config).queries / groups);
    return [
      weight("token_embd", "word_embeddings"),
      ...norm("output_norm", "ln_f"),
      { ...weight("output", "lm_head"), optional: true },
      ...eachLayer(config, (to, _, layer) => {
        const from = `h.${layer}.`;
        return [
          ...layerNorms(config, to, from),
          weight(`${to}attn_qkv`, `${from}self_attention.query_key_value`, split),
          weight(`${to}attn_output`, `${from}self_attention.dense`),
          weight(`${to}ffn_up`, `${from}mlp.dense_h_to_4h`),
          weight(`${to}ffn_down`, `${from}mlp.dense_4h_to_h`),
        ];
      }),
    ];
  },
};

/** 40B and later. In its first form the number of groups alone told it from 7B. */
const isNewer = (config: Config) =>
  config.flag("new_decoder_architecture") ||
  (config.className === "RWForCausalLM" && config.any("n_head_kv") !== undefined);

/** Heads of keys and values. */
function groupsOf(config: Config): number {
  const { queries } = headsOf(config);
  if (isNewer(config)) {
    const groups = config.optionalCount("num_kv_heads", "n_head_kv") ?? queries;
    return queries % groups === 0
      ? groups
      : config.refuse(`has ${queries} heads, not a multiple of its ${groups} for keys`);
  }
  return config.any("multi_query") === false ? queries : 1;
}

/** The newer ones have a norm for each of the two parts, but for 11B. */
function layerNorms(config: Config, to: string, from: string): Rule[] {
  const two = isNewer(config) && (config.optionalCount("num_ln_in_parallel_attn") ?? 2) === 2;
  return two
    ? [...norm(`${to}attn_norm`, `${from}ln_mlp`), ...norm(`${to}attn_norm_2`, `${from}ln_attn`)]
    : norm(`${to}attn_norm`, `${from}input_layernorm`);
}
