// GLM-4-0414: norms on both sides, half of each head rotates, neighbors as the engine has it. Names: modeling_glm4.py of transformers.
import { type Architecture, activated, eachLayer, u32, weight } from "./architecture.js";
import { decoderKeys, ropeKeys } from "./decoder.js";
import { rotatedOf } from "./phi3.js";
import { attentionWithoutLastBias, ends, isBuffer } from "./rules.js";

/** Of configuration_glm4.py. */
const SHARE = 0.5;

export const glm4: Architecture = {
  name: "glm4",
  classes: ["Glm4ForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    return {
      ...decoderKeys(config),
      "rope.dimension_count": u32(rotatedOf(config, SHARE)),
      ...ropeKeys(config, ["linear", "dynamic"]),
    };
  },
  tensors: (config) => [
    ...ends(),
    ...eachLayer(config, (to, from) => [
      weight(`${to}attn_norm`, `${from}input_layernorm`),
      ...attentionWithoutLastBias(config, to, from),
      weight(`${to}post_attention_norm`, `${from}post_self_attn_layernorm`),
      weight(`${to}ffn_norm`, `${from}post_attention_layernorm`),
      // The gate's rows before the others, which is how the engine wants them.
      weight(`${to}ffn_up`, `${from}mlp.gate_up_proj`),
      weight(`${to}ffn_down`, `${from}mlp.down_proj`),
      weight(`${to}post_ffw_norm`, `${from}post_mlp_layernorm`),
    ]),
  ],
};
