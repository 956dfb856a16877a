// gpt-oss: experts with biases, a sink for each head, a window in every other layer. Names: modeling_gpt_oss.py of transformers.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import { arrange, transposed, unfit, type Weights } from "../reshape.js";
import { elementsOf } from "../stored-types.js";
import { type Architecture, activated, eachLayer, norm, plain, u32, weight } from "./architecture.js";
import { decoderKeys, expertsOf, ropeKeys, YARN } from "./decoder.js";
import { holding } from "./experts.js";
import { windowLayers } from "./gemma2.js";
import { isBuffer, wholeEnds } from "./rules.js";

/** The engine has it in its code. */
const LIMIT = 7;
/** The engine rounds the bounds of what it stretches to whole pairs, for any file: those of gpt-oss lie at 8.1 and 17.4 of 32. */
const { truncate: _, ...ROUNDED } = YARN;

export const gptOss: Architecture = {
  name: "gpt-oss",
  classes: ["GptOssForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    refuseOthers(config);
    return {
      ...decoderKeys(config),
      ...ropeKeys(config, ["yarn"], ROUNDED),
      "attention.sliding_window": u32(config.count("sliding_window")),
      expert_count: u32(expertsOf(config, "num_local_experts")),
      expert_used_count: u32(config.count("num_experts_per_tok", "experts_per_token")),
      expert_feed_forward_length: u32(config.count("intermediate_size")),
    };
  },
  tensors: (config) => [
    ...wholeEnds(config),
    ...eachLayer(config, (to, from) => {
      const experts = `${from}mlp.experts.`;
      const count = expertsOf(config, "num_local_experts");
      const held = (tensor: Weights) => holding(transposed(tensor), count, 3);
      const biases = (tensor: Weights) => holding(tensor, count, 2);
      return [
        weight(`${to}attn_norm`, `${from}input_layernorm`),
        weight(`${to}post_attention_norm`, `${from}post_attention_layernorm`),
        ...["q", "k", "v"].flatMap((name) => norm(`${to}attn_${name}`, `${from}self_attn.${name}_proj`)),
        ...norm(`${to}attn_output`, `${from}self_attn.o_proj`),
        plain(`${to}attn_sinks.weight`, `${from}self_attn.sinks`),
        ...norm(`${to}ffn_gate_inp`, `${from}mlp.router`),
        ...[0, 1].flatMap((part) => {
          const name = `${to}ffn_${part === 0 ? "gate" : "up"}_exps`;
          return [
            plain(`${name}.weight`, `${experts}gate_up_proj`, (tensor) => everyOther(held(tensor), part)),
            plain(`${name}.bias`, `${experts}gate_up_proj_bias`, (tensor) => everyOther(biases(tensor), part)),
          ];
        }),
        plain(`${to}ffn_down_exps.weight`, `${experts}down_proj`, held),
        plain(`${to}ffn_down_exps.bias`, `${experts}down_proj_bias`, biases),
      ];
    }),
  ],
};

/** Gates and what they open lie in turns. @param part 0 or 1: which of the two */
function everyOther(tensor: Weights, part: number): Weights {
  const [experts = 0, rows = 0, ...rest] = tensor.shape;
  if (rows % 2 !== 0) throw unfit(tensor, "does not divide into gates and what they open");
  return arrange(tensor, [experts, rows / 2, ...rest], elementsOf(rest), (row) => 2 * row + part);
}

/** What the engine has in its code and not in the file. */
function refuseOthers(config: Config): void {
  const refuse = (what: string): never => {
    throw new OslmError("unsupported-checkpoint", { what: `${what} for this architecture`, known: [] });
  };
  const limit = config.optionalNumber("swiglu_limit") ?? LIMIT;
  if (limit !== LIMIT) refuse(`swiglu_limit ${limit}`);
  const inTurns = (layer: number) => layer % 2 === 0;
  if (windowLayers(config, inTurns).some((slides, layer) => slides !== inTurns(layer)))
    refuse("windows in other layers than every other");
}
