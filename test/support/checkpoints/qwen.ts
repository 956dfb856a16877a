// Qwen2, Qwen2-MoE, Qwen3, Qwen3-MoE, OLMo 2 and 3. Papers: arXiv 2407.10671, 2505.09388, 2501.00656; modeling_qwen2.py,
// modeling_qwen2_moe.py, modeling_qwen3.py, modeling_qwen3_moe.py, modeling_olmo2.py and modeling_olmo3.py of transformers.
import { type Family, layers, type Model, WIDTH } from "./family.js";
import {
  ATTENTION,
  BASE,
  BIASES,
  ENDS,
  FFN,
  fusedExpert,
  fusedShapes,
  GATED,
  GROUPS,
  gated,
  HEAD,
  HEAD_OF_ITS_OWN,
  HEADS,
  llamaForward,
  mixed,
  NORMS,
  yarnFrequencies,
} from "./llama.js";
import {
  add,
  attend,
  embed,
  frequencies,
  linear,
  type Rotation,
  type Rows,
  rmsNorm,
  rmsNormHeads,
  rotate,
  sigmoid,
  softmax,
  topOf,
} from "./math.js";

const EXPERTS = 6;
const CHOSEN = 2;
const EXPERT_FFN = 32;
const SHARED_FFN = 64;

const experts = {
  "mlp.gate.weight": [EXPERTS, WIDTH],
  ...Object.fromEntries(
    Array.from({ length: EXPERTS }, (_, expert) => [
      [`mlp.experts.${expert}.gate_proj.weight`, [EXPERT_FFN, WIDTH]],
      [`mlp.experts.${expert}.up_proj.weight`, [EXPERT_FFN, WIDTH]],
      [`mlp.experts.${expert}.down_proj.weight`, [WIDTH, EXPERT_FFN]],
    ]).flat(),
  ),
};
const shared = {
  "mlp.shared_expert.gate_proj.weight": [SHARED_FFN, WIDTH],
  "mlp.shared_expert.up_proj.weight": [SHARED_FFN, WIDTH],
  "mlp.shared_expert.down_proj.weight": [WIDTH, SHARED_FFN],
  "mlp.shared_expert_gate.weight": [1, WIDTH],
};

function routed(model: Model, x: Rows, prefix: string, normalized: boolean): Rows {
  const scores = linear(x, model.get(`${prefix}mlp.gate.weight`));
  return x.map((row, t) => {
    const chosen = topOf(softmax(scores[t] as Float64Array), CHOSEN);
    const sum = normalized ? chosen.reduce((all, { value }) => all + value, 0) : 1;
    return mixed(
      chosen.map(({ at, value }) => ({ at, value: value / sum })),
      (at) =>
        model.find(`${prefix}mlp.experts.gate_up_proj`)
          ? fusedExpert(model, row, `${prefix}mlp.experts.`, at)
          : (gated(model, [row], prefix, `mlp.experts.${at}.`)[0] as Float64Array),
    );
  });
}

function withShared(model: Model, x: Rows, prefix: string): Rows {
  const open = linear(x, model.get(`${prefix}mlp.shared_expert_gate.weight`));
  const said = gated(model, x, prefix, "mlp.shared_expert.");
  return add(
    routed(model, x, prefix, false),
    said.map((row, t) => row.map((value) => value * sigmoid(open[t]?.[0] as number))),
  );
}

const MOE = {
  num_experts: EXPERTS,
  num_experts_per_tok: CHOSEN,
  moe_intermediate_size: EXPERT_FFN,
  decoder_sparse_step: 1,
  mlp_only_layers: [],
};

/** Qwen3's heads are wider than the model divided by them. */
const WIDE = 24;
const WIDE_ATTENTION = {
  "self_attn.q_proj.weight": [HEADS * WIDE, WIDTH],
  "self_attn.k_proj.weight": [GROUPS * WIDE, WIDTH],
  "self_attn.v_proj.weight": [GROUPS * WIDE, WIDTH],
  "self_attn.o_proj.weight": [WIDTH, HEADS * WIDE],
  "self_attn.q_norm.weight": [WIDE],
  "self_attn.k_norm.weight": [WIDE],
};
const headNorms = (x: Rows, weights: Parameters<typeof rmsNormHeads>[1]) => rmsNormHeads(x, weights, BASE.rms_norm_eps);

const OLMO_LAYERS = 5;

/** @param window of OLMo 3, in all layers but every fourth, which rotate by the base alone */
const olmo = (
  name: string,
  config: object,
  { rotation, window }: { readonly rotation: Rotation; readonly window?: number },
): Family => ({
  name,
  config: { ...BASE, num_hidden_layers: OLMO_LAYERS, rope_theta: 500000, ...config },
  shapes: {
    ...ENDS,
    ...HEAD_OF_ITS_OWN,
    ...layers(OLMO_LAYERS, "model.layers.", () => ({
      ...ATTENTION,
      ...GATED,
      "self_attn.q_norm.weight": [HEADS * HEAD],
      "self_attn.k_norm.weight": [GROUPS * HEAD],
      "post_attention_layernorm.weight": [WIDTH],
      "post_feedforward_layernorm.weight": [WIDTH],
    })),
  },
  forward: (model, tokens) => {
    const eps = BASE.rms_norm_eps;
    let x = embed(model.get("model.embed_tokens.weight"), tokens);
    for (let layer = 0; layer < OLMO_LAYERS; layer++) {
      const slides = window !== undefined && layer % 4 !== 3;
      const get = (name: string) => model.get(`model.layers.${layer}.${name}.weight`);
      const turned = (name: string) =>
        rotate(
          rmsNorm(linear(x, get(`self_attn.${name}_proj`)), get(`self_attn.${name}_norm`), eps),
          HEAD,
          slides ? { frequencies: frequencies(500000, HEAD) } : rotation,
        );
      const seen = attend(turned("q"), turned("k"), linear(x, get("self_attn.v_proj")), {
        width: HEAD,
        ...(slides && { window }),
      });
      x = add(x, rmsNorm(linear(seen, get("self_attn.o_proj")), get("post_attention_layernorm"), eps));
      x = add(x, rmsNorm(gated(model, x, `model.layers.${layer}.`), get("post_feedforward_layernorm"), eps));
    }
    return linear(rmsNorm(x, model.get("model.norm.weight"), eps), model.get("lm_head.weight"));
  },
});

const qwen3moe = (name: string, shapes: Family["shapes"]): Family => ({
  name,
  config: {
    architectures: ["Qwen3MoeForCausalLM"],
    ...BASE,
    ...MOE,
    head_dim: WIDE,
    norm_topk_prob: true,
    intermediate_size: FFN,
  },
  shapes: {
    ...ENDS,
    ...HEAD_OF_ITS_OWN,
    ...layers(2, "model.layers.", () => ({ ...NORMS, ...WIDE_ATTENTION, ...shapes })),
  },
  forward: (model, tokens) =>
    llamaForward(model, tokens, {
      width: WIDE,
      normalize: headNorms,
      feedForward: (_, x, prefix) => routed(model, x, prefix, true),
    }),
});

export const QWENS: readonly Family[] = [
  {
    name: "qwen2, tied",
    config: {
      architectures: ["Qwen2ForCausalLM"],
      ...BASE,
      rope_theta: 1e6,
      tie_word_embeddings: true,
      use_sliding_window: false,
      sliding_window: 32768,
    },
    shapes: { ...ENDS, ...layers(2, "model.layers.", () => ({ ...NORMS, ...ATTENTION, ...BIASES, ...GATED })) },
    forward: llamaForward,
  },
  {
    name: "qwen2moe",
    config: {
      architectures: ["Qwen2MoeForCausalLM"],
      ...BASE,
      ...MOE,
      norm_topk_prob: false,
      shared_expert_intermediate_size: SHARED_FFN,
    },
    shapes: {
      ...ENDS,
      ...HEAD_OF_ITS_OWN,
      ...layers(2, "model.layers.", () => ({ ...NORMS, ...ATTENTION, ...BIASES, ...experts, ...shared })),
    },
    forward: (model, tokens) => llamaForward(model, tokens, { feedForward: withShared }),
  },
  {
    name: "qwen3",
    config: { architectures: ["Qwen3ForCausalLM"], ...BASE, head_dim: WIDE, rope_theta: 1e6 },
    shapes: {
      ...ENDS,
      ...HEAD_OF_ITS_OWN,
      ...layers(2, "model.layers.", () => ({ ...NORMS, ...WIDE_ATTENTION, ...GATED })),
    },
    forward: (model, tokens) => llamaForward(model, tokens, { width: WIDE, normalize: headNorms }),
  },
  qwen3moe("qwen3moe", experts),
  qwen3moe("qwen3moe, in the form of transformers 5", fusedShapes(EXPERTS, EXPERT_FFN)),
  olmo("olmo2", { architectures: ["Olmo2ForCausalLM"] }, { rotation: { frequencies: frequencies(500000, HEAD) } }),
  olmo(
    "olmo3",
    {
      architectures: ["Olmo3ForCausalLM"],
      sliding_window: 6,
      rope_scaling: {
        ...{ rope_type: "yarn", factor: 8, original_max_position_embeddings: 64 },
        ...{ attention_factor: 1.2079441541679836, beta_fast: 32, beta_slow: 1 },
      },
    },
    {
      rotation: { frequencies: yarnFrequencies(500000, HEAD, 8, 64), magnitude: 1.2079441541679836 },
      window: 6,
    },
  ),
];
