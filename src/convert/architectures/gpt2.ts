// GPT-2, and GPTBigCode (StarCoder, SantaCoder), which keeps the same names. Sources: modeling_gpt2.py, modeling_gpt_bigcode.py.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import { transposed } from "../reshape.js";
import {
  type Architecture,
  activated,
  eachLayer,
  f32,
  layersOf,
  linear,
  type Make,
  norm,
  type Rule,
  u32,
  weight,
} from "./architecture.js";
import { ungrouped } from "./heads.js";

/** The triangle of the mask, kept as a buffer. */
const ignored = (name: string): boolean => /\.attn\.(bias|masked_bias)$/.test(name);

function keys(config: Config, groups: number) {
  const wide = config.count("n_embd");
  activated(config, ["activation_function"], ["gelu_new", "gelu_pytorch_tanh"]);
  for (const key of ["scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn"]) {
    if (config.flag(key)) throw new OslmError("unsupported-checkpoint", { what: key, known: [] });
  }
  return {
    vocab_size: u32(config.count("vocab_size")),
    context_length: u32(config.count("n_positions", "n_ctx")),
    embedding_length: u32(wide),
    block_count: u32(layersOf(config)),
    feed_forward_length: u32(config.optionalCount("n_inner") ?? 4 * wide),
    "attention.head_count": u32(config.count("n_head")),
    "attention.head_count_kv": u32(groups),
    "attention.layer_norm_epsilon": f32(config.number("layer_norm_epsilon")),
  };
}

/** @param turn what all matrices of the layers go through, and then those of the attention's input */
function tensors(config: Config, turn?: Make, split?: Make): Rule[] {
  return [
    weight("token_embd", "wte"),
    weight("position_embd", "wpe"),
    ...norm("output_norm", "ln_f"),
    { ...weight("output", "lm_head"), optional: true },
    ...eachLayer(config, (to, _, layer) => {
      const from = `h.${layer}.`;
      const turned = (rules: Rule[]) =>
        turn === undefined
          ? rules
          : rules.map((rule) =>
              rule.to.endsWith(".weight") ? { ...rule, make: turn as Rule["make"], effect: "turned" as const } : rule,
            );
      return [
        ...norm(`${to}attn_norm`, `${from}ln_1`),
        ...turned(linear(`${to}attn_qkv`, `${from}attn.c_attn`, split)),
        ...turned(linear(`${to}attn_output`, `${from}attn.c_proj`)),
        ...norm(`${to}ffn_norm`, `${from}ln_2`),
        ...turned(linear(`${to}ffn_up`, `${from}mlp.c_fc`)),
        ...turned(linear(`${to}ffn_down`, `${from}mlp.c_proj`)),
      ];
    }),
  ] as Rule[];
}

/** Its Conv1D keeps inputs by outputs, other than Linear. */
export const gpt2: Architecture = {
  name: "gpt2",
  classes: ["GPT2LMHeadModel"],
  ignored,
  keys: (config) => keys(config, config.count("n_head")),
  tensors: (config) => tensors(config, transposed),
};

const queryGroups = (config: Config): number => (config.any("multi_query") === false ? config.count("n_head") : 1);

export const starcoder: Architecture = {
  name: "starcoder",
  classes: ["GPTBigCodeForCausalLM"],
  ignored,
  keys: (config) => keys(config, queryGroups(config)),
  // Without multi_query each head's queries, keys and values lie together.
  tensors: (config) =>
    tensors(config, undefined, queryGroups(config) === 1 ? undefined : ungrouped(queryGroups(config), 1)),
};
