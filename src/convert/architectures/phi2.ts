// Phi-1, 1.5 and 2: attention and feed-forward side by side, a part of each head rotates. Names: modeling_phi.py of transformers.
import { OslmError } from "../../errors.js";
import { type Architecture, activated, eachLayer, f32, layersOf, linear, norm, u32, weight } from "./architecture.js";
import { headsOf, ropeKeys, ropeOf } from "./decoder.js";
import { isBuffer } from "./rules.js";

export const phi2: Architecture = {
  name: "phi2",
  classes: ["PhiForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["gelu_new", "gelu_pytorch_tanh"]);
    if (config.flag("qk_layernorm")) {
      throw new OslmError("unsupported-checkpoint", { what: "qk_layernorm for this architecture", known: [] });
    }
    const { queries, keys, width } = headsOf(config);
    const wide = config.count("hidden_size");
    const share =
      ropeOf(config).settings.optionalNumber("partial_rotary_factor") ?? config.number("partial_rotary_factor");
    return {
      vocab_size: u32(config.count("vocab_size")),
      context_length: u32(config.count("max_position_embeddings")),
      embedding_length: u32(wide),
      block_count: u32(layersOf(config)),
      feed_forward_length: u32(config.optionalCount("intermediate_size") ?? 4 * wide),
      "attention.head_count": u32(queries),
      "attention.head_count_kv": u32(keys),
      "attention.layer_norm_epsilon": f32(config.number("layer_norm_eps")),
      "rope.dimension_count": u32(Math.floor(share * width)),
      ...ropeKeys(config, []),
    };
  },
  tensors: (config) => [
    weight("token_embd", "embed_tokens"),
    ...norm("output_norm", "final_layernorm"),
    ...linear("output", "lm_head"),
    ...eachLayer(config, (to, from) => [
      ...norm(`${to}attn_norm`, `${from}input_layernorm`),
      ...linear(`${to}attn_q`, `${from}self_attn.q_proj`),
      ...linear(`${to}attn_k`, `${from}self_attn.k_proj`),
      ...linear(`${to}attn_v`, `${from}self_attn.v_proj`),
      ...linear(`${to}attn_output`, `${from}self_attn.dense`),
      ...linear(`${to}ffn_up`, `${from}mlp.fc1`),
      ...linear(`${to}ffn_down`, `${from}mlp.fc2`),
    ]),
  ],
};
