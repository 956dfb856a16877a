// Command R and Aya: attention and feed-forward side by side behind one norm, neighbors rotate as the engine has it.
// Names: modeling_cohere.py and modeling_cohere2.py of transformers.
import { OslmError } from "../../errors.js";
import { type Architecture, activated, eachLayer, f32, u32, weight } from "./architecture.js";
import { decoderKeys, ropeKeys } from "./decoder.js";
import { windowLayers } from "./gemma2.js";
import { attentionWithoutLastBias, isBuffer } from "./rules.js";

/** Of configuration_cohere.py and configuration_cohere2.py, on which published files rely. */
const DEFAULTS = { logit_scale: 0.0625, layer_norm_eps: 1e-5 };

export const cohere: Architecture = {
  name: "command-r",
  classes: ["CohereForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    if (config.flag("use_qk_norm")) {
      throw new OslmError("unsupported-checkpoint", { what: "use_qk_norm for this architecture", known: [] });
    }
    return {
      ...decoderKeys(config),
      // What Command R was made for; its max_position_embeddings is a limit of memory.
      context_length: u32(config.optionalCount("model_max_length") ?? config.count("max_position_embeddings")),
      ...ropeKeys(config, ["linear", "dynamic"]),
      logit_scale: f32(config.optionalNumber("logit_scale") ?? DEFAULTS.logit_scale),
      "attention.layer_norm_epsilon": f32(config.optionalNumber("layer_norm_eps") ?? DEFAULTS.layer_norm_eps),
    };
  },
  // The output takes the input's matrix: the engine knows no other.
  tensors: (config) => [
    weight("token_embd", "embed_tokens"),
    weight("output_norm", "norm"),
    ...eachLayer(config, (to, from) => [
      weight(`${to}attn_norm`, `${from}input_layernorm`),
      ...attentionWithoutLastBias(config, to, from),
      ...["gate", "up", "down"].map((part) => weight(`${to}ffn_${part}`, `${from}mlp.${part}_proj`)),
    ]),
  ],
};

/** Every fourth layer sees everything and does not rotate; the engine has it in its code. */
export const cohere2: Architecture = {
  ...cohere,
  name: "cohere2",
  classes: ["Cohere2ForCausalLM"],
  keys: (config) => {
    const own = (layer: number) => (layer + 1) % 4 !== 0;
    const step = config.optionalCount("sliding_window_pattern") ?? 4;
    const slides = windowLayers(config, (layer) => (layer + 1) % step !== 0);
    if (slides.some((one, layer) => one !== own(layer))) {
      throw new OslmError("unsupported-checkpoint", {
        what: "windows in other layers than all but every fourth for this architecture",
        known: [],
      });
    }
    return { ...cohere.keys(config), "attention.sliding_window": u32(config.count("sliding_window")) };
  },
};
