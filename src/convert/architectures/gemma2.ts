// Gemma 2: norms on both sides, capped scores, every other layer sees a window. Names: modeling_gemma2.py of transformers.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import { type Architecture, bools, eachLayer, f32, layersOf, type Rule, u32, weight } from "./architecture.js";
import { headsOf } from "./decoder.js";
import { gemma, plusOne } from "./gemma.js";
import { attention, gatedFeedForward } from "./rules.js";

/** Layers of the one size of which llama.cpp knows that its scores are scaled by the width of the model. */
const LARGEST = 46;

export const gemma2: Architecture = {
  ...gemma,
  name: "gemma2",
  classes: ["Gemma2ForCausalLM"],
  keys: (config) => {
    checkScale(config, LARGEST);
    const slides = windowLayers(config, (layer) => layer % 2 === 0);
    return {
      ...gemma.keys(config),
      "attention.sliding_window": u32(config.count("sliding_window")),
      "attention.sliding_window_pattern": bools(slides),
      attn_logit_softcapping: f32(config.number("attn_logit_softcapping")),
      final_logit_softcapping: f32(config.number("final_logit_softcapping")),
    };
  },
  tensors: (config) => [
    weight("token_embd", "embed_tokens"),
    weight("output_norm", "norm", plusOne),
    ...eachLayer(config, (to, from) => [
      ...sandwich(to, from),
      ...attention(config, to, from),
      ...gatedFeedForward(to, from),
    ]),
  ],
};

/** The norms before and after both parts of a layer. */
export const sandwich = (to: string, from: string): Rule[] => [
  weight(`${to}attn_norm`, `${from}input_layernorm`, plusOne),
  weight(`${to}post_attention_norm`, `${from}post_attention_layernorm`, plusOne),
  weight(`${to}ffn_norm`, `${from}pre_feedforward_layernorm`, plusOne),
  weight(`${to}post_ffw_norm`, `${from}post_feedforward_layernorm`, plusOne),
];

/** Which layers see a window: `layer_types` of newer configurations, else the rule of the architecture. */
export function windowLayers(config: Config, rule: (layer: number) => boolean): boolean[] {
  const kinds = config.list("layer_types");
  if (kinds !== undefined && kinds.length !== layersOf(config))
    config.refuse("has layer_types for other layers than it has");
  return Array.from({ length: layersOf(config) }, (_, layer) =>
    kinds === undefined ? rule(layer) : kinds[layer] === "sliding_attention",
  );
}

/** The engine takes no scale from the file: refuses a model for which it would take another. */
export function checkScale(config: Config, largest: number): void {
  const { queries, width } = headsOf(config);
  const own = layersOf(config) === largest ? Math.floor(config.count("hidden_size") / queries) : width;
  const asked = config.optionalNumber("query_pre_attn_scalar") ?? width;
  if (asked === own) return;
  throw new OslmError("unsupported-checkpoint", {
    what: `query_pre_attn_scalar ${asked} for a model of this size`,
    known: [String(own)],
  });
}
