// BLOOM: no rotations, but slopes that the engine knows. Names: modeling_bloom.py of transformers.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import { type Architecture, eachLayer, f32, layersOf, linear, norm, u32, weight } from "./architecture.js";
import { ungrouped } from "./heads.js";

const headCount = (config: Config): number => config.count("n_head", "num_attention_heads");

export const bloom: Architecture = {
  name: "bloom",
  classes: ["BloomForCausalLM", "BloomModel"],
  keys: (config) => {
    if (config.flag("apply_residual_connection_post_layernorm")) {
      throw new OslmError("unsupported-checkpoint", { what: "apply_residual_connection_post_layernorm", known: [] });
    }
    const wide = config.count("hidden_size", "n_embed");
    return {
      vocab_size: u32(config.count("vocab_size")),
      // What all of them were made for; not every configuration says it.
      context_length: u32(config.optionalCount("seq_length") ?? 2048),
      embedding_length: u32(wide),
      block_count: u32(layersOf(config)),
      feed_forward_length: u32(4 * wide),
      "attention.head_count": u32(headCount(config)),
      "attention.head_count_kv": u32(headCount(config)),
      "attention.layer_norm_epsilon": f32(config.number("layer_norm_epsilon")),
    };
  },
  tensors: (config) => [
    weight("token_embd", "word_embeddings"),
    ...norm("token_embd_norm", "word_embeddings_layernorm"),
    ...norm("output_norm", "ln_f"),
    { ...weight("output", "lm_head"), optional: true },
    ...eachLayer(config, (to, _, layer) => {
      const from = `h.${layer}.`;
      return [
        ...norm(`${to}attn_norm`, `${from}input_layernorm`),
        ...linear(`${to}attn_qkv`, `${from}self_attention.query_key_value`, ungrouped(headCount(config), 1)),
        ...linear(`${to}attn_output`, `${from}self_attention.dense`),
        ...norm(`${to}ffn_norm`, `${from}post_attention_layernorm`),
        ...linear(`${to}ffn_up`, `${from}mlp.dense_h_to_4h`),
        ...linear(`${to}ffn_down`, `${from}mlp.dense_4h_to_h`),
      ];
    }),
  ],
};
