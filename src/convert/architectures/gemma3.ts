// Gemma 3, the part of it that reads and writes text. Names: modeling_gemma3.py of transformers; the defaults are those of its
// configuration_gemma3.py, on which published files rely.
import { Config } from "../config.js";
import { type Architecture, bools, eachLayer, f32, maybe, u32, weight } from "./architecture.js";
import { decoderKeys, ropeKeys, ropeOf } from "./decoder.js";
import { gemma, plusOne } from "./gemma.js";
import { checkScale, sandwich, windowLayers } from "./gemma2.js";
import { headNorms } from "./qwen3.js";
import { attention, ends, gatedFeedForward, isBuffer } from "./rules.js";

const DEFAULTS = {
  vocab_size: 262208,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  head_dim: 256,
  max_position_embeddings: 131072,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  rope_local_base_freq: 10_000,
  query_pre_attn_scalar: 256,
  sliding_window: 4096,
};

const filled = (config: Config): Config => new Config({ ...DEFAULTS, ...config.values });

/** Layers of the one size of which llama.cpp knows that its scores are scaled by the width of the model. */
const LARGEST = 62;

export const gemma3: Architecture = {
  name: "gemma3",
  classes: ["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"],
  // What sees is a file of its own for the engine.
  ignored: (name) => isBuffer(name) || /^(vision_tower|multi_modal_projector)\./.test(name),
  keys: (given) => {
    const config = filled(given);
    gemma.keys(new Config({ ...config.values, rope_scaling: undefined, rope_parameters: undefined }));
    checkScale(config, LARGEST);
    const pattern = config.optionalCount("sliding_window_pattern") ?? 6;
    return {
      ...decoderKeys(config),
      ...ropeKeys(config, ["linear"]),
      "rope.freq_base_swa": f32(localTheta(config)),
      "attention.sliding_window": u32(config.count("sliding_window")),
      "attention.sliding_window_pattern": bools(windowLayers(config, (layer) => (layer + 1) % pattern !== 0)),
      final_logit_softcapping: maybe(f32, config.optionalNumber("final_logit_softcapping")),
    };
  },
  tensors: (given) => {
    const config = filled(given);
    return [
      ...ends(plusOne),
      ...eachLayer(config, (to, from) => [
        ...sandwich(to, from),
        ...attention(config, to, from),
        ...headNorms(to, from).map((rule) =>
          weight(rule.to.slice(0, -7), (rule.from[0] as string).slice(0, -7), plusOne),
        ),
        ...gatedFeedForward(to, from),
      ]),
    ];
  },
};

/** Layers with a window rotate by another base than the others. */
function localTheta(config: Config): number {
  const parameters = config.part("rope_parameters")?.part("sliding_attention");
  return (parameters && ropeOf(config, "sliding_attention").theta) ?? config.number("rope_local_base_freq");
}
