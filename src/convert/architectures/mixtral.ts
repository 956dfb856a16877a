// Mixtral: for the engine a llama with experts. Names: modeling_mixtral.py of transformers.
import { type Architecture, eachLayer, u32, weight } from "./architecture.js";
import { expertsOf, ropeTensor } from "./decoder.js";
import { stackedExperts } from "./experts.js";
import { llama } from "./llama.js";
import { attention, ends, norms } from "./rules.js";

export const mixtral: Architecture = {
  ...llama,
  classes: ["MixtralForCausalLM"],
  keys: (config) => ({
    ...llama.keys(config),
    expert_count: u32(expertsOf(config, "num_local_experts")),
    expert_used_count: u32(config.count("num_experts_per_tok")),
  }),
  tensors: (config) => {
    const experts = expertsOf(config, "num_local_experts");
    return [
      ...ends(),
      ...ropeTensor(config),
      ...eachLayer(config, (to, from) => {
        const matrix = (name: string) => (expert: number) => `${from}block_sparse_moe.experts.${expert}.${name}`;
        return [
          ...norms(to, from),
          ...attention(config, to, from, "neighbors"),
          weight(`${to}ffn_gate_inp`, `${from}block_sparse_moe.gate`),
          stackedExperts(`${to}ffn_gate_exps`, experts, matrix("w1")),
          stackedExperts(`${to}ffn_down_exps`, experts, matrix("w2")),
          stackedExperts(`${to}ffn_up_exps`, experts, matrix("w3")),
        ];
      }),
    ];
  },
};
