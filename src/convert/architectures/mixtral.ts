// Mixtral: for the engine a llama with experts. Names: modeling_mixtral.py of transformers.
import { type Architecture, eachLayer, u32, weight } from "./architecture.js";
import { expertsOf, ropeTensor } from "./decoder.js";
import { type ExpertPart, fusedExperts, stackedExperts } from "./experts.js";
import { llama } from "./llama.js";
import { attention, ends, norms } from "./rules.js";

/** Matrices of an expert, and their names before transformers 5. */
const PARTS: readonly (readonly [ExpertPart, string])[] = [
  ["gate", "w1"],
  ["down", "w2"],
  ["up", "w3"],
];

export const mixtral: Architecture = {
  ...llama,
  classes: ["MixtralForCausalLM"],
  keys: (config) => ({
    ...llama.keys(config),
    expert_count: u32(expertsOf(config, "num_local_experts")),
    expert_used_count: u32(config.count("num_experts_per_tok")),
  }),
  tensors: (config) => {
    const count = expertsOf(config, "num_local_experts");
    return [
      ...ends(),
      ...ropeTensor(config),
      ...eachLayer(config, (to, from) => {
        const experts = `${from}block_sparse_moe.experts.`;
        return [
          ...norms(to, from),
          ...attention(config, to, from, "neighbors"),
          {
            ...weight(`${to}ffn_gate_inp`, `${from}block_sparse_moe.gate`),
            or: weight(`${to}ffn_gate_inp`, `${from}mlp.gate`),
          },
          ...PARTS.map(([part, name]) => ({
            ...stackedExperts(`${to}ffn_${part}_exps`, count, (expert) => `${experts}${expert}.${name}`),
            or: fusedExperts(`${to}ffn_${part}_exps`, `${from}mlp.experts.`, count, part),
          })),
        ];
      }),
    ];
  },
};
