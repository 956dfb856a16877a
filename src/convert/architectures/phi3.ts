// Phi-3, 3.5 and 4 (the ones that are llamas with joined matrices). Names: modeling_phi3.py of transformers.
import type { Config } from "../config.js";
import { constant } from "../reshape.js";
import { type Architecture, activated, eachLayer, f32, type Keys, type Rule, u32, weight } from "./architecture.js";
import { decoderKeys, headsOf, ropeKeys, ropeOf } from "./decoder.js";
import { ends, isBuffer, norms } from "./rules.js";

export const phi3: Architecture = {
  name: "phi3",
  classes: ["Phi3ForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    return {
      ...decoderKeys(config),
      "rope.dimension_count": u32(rotatedOf(config)),
      ...ropeKeys(config, ["longrope"]),
      ...longKeys(config),
    };
  },
  tensors: (config) => [
    ...ends(),
    ...longTensors(config),
    ...eachLayer(config, (to, from) => [
      ...norms(to, from),
      weight(`${to}attn_qkv`, `${from}self_attn.qkv_proj`),
      weight(`${to}attn_output`, `${from}self_attn.o_proj`),
      // The gate's rows before the others, which is how the engine wants them.
      weight(`${to}ffn_up`, `${from}mlp.gate_up_proj`),
      weight(`${to}ffn_down`, `${from}mlp.down_proj`),
    ]),
  ],
};

/** Elements of a head that rotate. @param usual the share where the configuration does not say it */
export function rotatedOf(config: Config, usual = 1): number {
  const share =
    ropeOf(config).settings.optionalNumber("partial_rotary_factor") ?? config.optionalNumber("partial_rotary_factor");
  return Math.floor((share ?? usual) * headsOf(config).width);
}

function trainedOf(config: Config): number {
  const { settings } = ropeOf(config);
  return settings.optionalCount("original_max_position_embeddings") ?? config.count("original_max_position_embeddings");
}

function longKeys(config: Config): Keys {
  if (ropeOf(config).kind !== "longrope") return {};
  const trained = trainedOf(config);
  const scale = config.count("max_position_embeddings") / trained;
  return {
    "rope.scaling.original_context_length": u32(trained),
    "rope.scaling.attn_factor": f32(scale > 1 ? Math.sqrt(1 + Math.log(scale) / Math.log(trained)) : 1),
  };
}

/** One divisor for each frequency, for short and for long contexts. */
function longTensors(config: Config): Rule[] {
  const { kind, settings } = ropeOf(config);
  if (kind !== "longrope") return [];
  return (["long", "short"] as const).map((length) => {
    const factors = settings.list(`${length}_factor`) ?? [];
    const fits = factors.length === rotatedOf(config) / 2 && factors.every((one) => typeof one === "number" && one > 0);
    if (!fits) settings.refuse(`has no usable ${length}_factor in rope_scaling`);
    return {
      to: `rope_factors_${length}.weight`,
      from: [],
      make: () => constant(`${length}_factor`, factors as readonly number[]),
    };
  });
}
