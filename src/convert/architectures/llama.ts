// Llama 1 to 3.3, and all that has its shape: Mistral, Mixtral, CodeLlama, TinyLlama, Vicuna, Yi, DeepSeek Coder and LLM.
// Names: modeling_llama.py, modeling_mistral.py and modeling_mixtral.py of transformers.

import type { Config } from "../config.js";
import { type Architecture, activated, eachLayer, linear, type Rule, u32, weight } from "./architecture.js";
import { decoderKeys, expertsOf, headsOf, ropeKeys, ropeTensor } from "./decoder.js";
import { stackedExperts } from "./experts.js";
import { interleaved } from "./heads.js";

export const llama: Architecture = {
  name: "llama",
  classes: [
    "LlamaForCausalLM",
    "LLaMAForCausalLM",
    "LlamaModel",
    "MistralForCausalLM",
    "MistralModel",
    "YiForCausalLM",
  ],
  ignored: /\.rotary_emb\.inv_freq$/,
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    return { ...decoderKeys(config), ...ropeKeys(config, ["linear", "yarn", "dynamic", "llama3"]) };
  },
  tensors: (config) => [
    ...ends(),
    ...ropeTensor(config),
    ...eachLayer(config, (to, layer) => [
      ...attention(config, to, layer),
      ...linear(`${to}ffn_gate`, `layers.${layer}.mlp.gate_proj`),
      ...linear(`${to}ffn_up`, `layers.${layer}.mlp.up_proj`),
      ...linear(`${to}ffn_down`, `layers.${layer}.mlp.down_proj`),
    ]),
  ],
};

/** The engine knows it as a llama with experts. */
export const mixtral: Architecture = {
  ...llama,
  classes: ["MixtralForCausalLM"],
  keys: (config) => ({
    ...llama.keys(config),
    expert_count: u32(expertsOf(config, "num_local_experts")),
    expert_used_count: u32(config.count("num_experts_per_tok")),
  }),
  tensors: (config) => [
    ...ends(),
    ...ropeTensor(config),
    ...eachLayer(config, (to, layer) => {
      const experts = expertsOf(config, "num_local_experts");
      const from = `layers.${layer}.block_sparse_moe`;
      return [
        ...attention(config, to, layer),
        weight(`${to}ffn_gate_inp`, `${from}.gate`),
        stackedExperts(`${to}ffn_gate_exps`, experts, (expert) => `${from}.experts.${expert}.w1`),
        stackedExperts(`${to}ffn_down_exps`, experts, (expert) => `${from}.experts.${expert}.w2`),
        stackedExperts(`${to}ffn_up_exps`, experts, (expert) => `${from}.experts.${expert}.w3`),
      ];
    }),
  ],
};

/** What stands before and after the layers. Without a matrix of its own the output takes that of the input. */
export function ends(): Rule[] {
  return [
    weight("token_embd", "embed_tokens"),
    weight("output_norm", "norm"),
    { ...weight("output", "lm_head"), optional: true },
  ];
}

function attention(config: Config, to: string, layer: number): Rule[] {
  const { queries, keys } = headsOf(config);
  const from = `layers.${layer}.`;
  return [
    weight(`${to}attn_norm`, `${from}input_layernorm`),
    ...linear(`${to}attn_q`, `${from}self_attn.q_proj`, interleaved(queries)),
    ...linear(`${to}attn_k`, `${from}self_attn.k_proj`, interleaved(keys)),
    ...linear(`${to}attn_v`, `${from}self_attn.v_proj`),
    ...linear(`${to}attn_output`, `${from}self_attn.o_proj`),
    weight(`${to}ffn_norm`, `${from}post_attention_layernorm`),
  ];
}
