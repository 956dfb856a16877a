// StarCoder2: biases everywhere, layer norms, rotations. Names: modeling_starcoder2.py of transformers.
import { type Architecture, activated, eachLayer, f32, linear, norm, weight } from "./architecture.js";
import { decoderKeys, ropeKeys } from "./decoder.js";
import { attention, isBuffer } from "./rules.js";

export const starcoder2: Architecture = {
  name: "starcoder2",
  classes: ["Starcoder2ForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["gelu_pytorch_tanh", "gelu_new"]);
    return {
      ...decoderKeys(config),
      ...ropeKeys(config),
      "attention.layer_norm_epsilon": f32(config.number("norm_epsilon")),
    };
  },
  tensors: (config) => [
    weight("token_embd", "embed_tokens"),
    ...norm("output_norm", "norm"),
    { ...weight("output", "lm_head"), optional: true },
    ...eachLayer(config, (to, from) => [
      ...norm(`${to}attn_norm`, `${from}input_layernorm`),
      ...attention(config, to, from),
      ...norm(`${to}ffn_norm`, `${from}post_attention_layernorm`),
      ...linear(`${to}ffn_up`, `${from}mlp.c_fc`),
      ...linear(`${to}ffn_down`, `${from}mlp.c_proj`),
    ]),
  ],
};
