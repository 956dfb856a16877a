// DeepSeek V2 and V3. arXiv 2405.04434, 2412.19437; modeling_deepseek.py as published with the models: keys and values are unfolded, the
// rotated parts are taken from neighbors.
import { type Family, layers, type Model, VOCAB, WIDTH } from "./family.js";
import { gated, mixed, yarnFrequencies } from "./llama.js";
import {
  add,
  attend,
  embed,
  frequencies,
  joinRow,
  linear,
  type Rotation,
  type Rows,
  rmsNorm,
  rotate,
  sigmoid,
  softmax,
  splitRow,
  topOf,
} from "./math.js";

const HEADS = 4;
const STILL = 16;
const ROTATED = 8;
const VALUE = 12;
const LATENT = 32;
const QUERY_LATENT = 24;
const FFN = 96;
const EXPERTS = 8;
const EXPERT_FFN = 32;
const SHARED = 2;
const CHOSEN = 3;
const LAYERS = 3;
const EPS = 1e-6;

const BASE = {
  hidden_size: WIDTH,
  intermediate_size: FFN,
  num_hidden_layers: LAYERS,
  num_attention_heads: HEADS,
  num_key_value_heads: HEADS,
  vocab_size: VOCAB,
  max_position_embeddings: 256,
  rms_norm_eps: EPS,
  rope_theta: 10000,
  hidden_act: "silu",
  qk_nope_head_dim: STILL,
  qk_rope_head_dim: ROTATED,
  v_head_dim: VALUE,
  kv_lora_rank: LATENT,
  n_routed_experts: EXPERTS,
  num_experts_per_tok: CHOSEN,
  n_shared_experts: SHARED,
  moe_intermediate_size: EXPERT_FFN,
  first_k_dense_replace: 1,
  moe_layer_freq: 1,
};

const feedForward = (prefix: string, width: number) => ({
  [`${prefix}gate_proj.weight`]: [width, WIDTH],
  [`${prefix}up_proj.weight`]: [width, WIDTH],
  [`${prefix}down_proj.weight`]: [WIDTH, width],
});

const shapes = (queries: object, gate: object = {}) => ({
  "model.embed_tokens.weight": [VOCAB, WIDTH],
  "model.norm.weight": [WIDTH],
  "lm_head.weight": [VOCAB, WIDTH],
  ...layers(LAYERS, "model.layers.", (layer) => ({
    "input_layernorm.weight": [WIDTH],
    "post_attention_layernorm.weight": [WIDTH],
    ...queries,
    "self_attn.kv_a_proj_with_mqa.weight": [LATENT + ROTATED, WIDTH],
    "self_attn.kv_a_layernorm.weight": [LATENT],
    "self_attn.kv_b_proj.weight": [HEADS * (STILL + VALUE), LATENT],
    "self_attn.o_proj.weight": [WIDTH, HEADS * VALUE],
    ...(layer === 0
      ? feedForward("mlp.", FFN)
      : {
          "mlp.gate.weight": [EXPERTS, WIDTH],
          ...gate,
          ...feedForward("mlp.shared_experts.", SHARED * EXPERT_FFN),
          ...Object.assign(
            {},
            ...Array.from({ length: EXPERTS }, (_, e) => feedForward(`mlp.experts.${e}.`, EXPERT_FFN)),
          ),
        }),
  })),
});

type Choose = (scores: Float64Array, model: Model, prefix: string) => { readonly at: number; readonly value: number }[];

interface Variant {
  readonly choose: Choose;
  readonly rotation: Rotation;
  /** Of the scores, beside the root of a head's width. */
  readonly scale?: number;
}

function forward(model: Model, tokens: readonly number[], { choose, rotation, scale = 1 }: Variant): Rows {
  const turning: Rotation = { ...rotation, pairs: "neighbors" };
  let x = embed(model.get("model.embed_tokens.weight"), tokens);
  for (let layer = 0; layer < LAYERS; layer++) {
    const prefix = `model.layers.${layer}.`;
    const get = (name: string) => model.get(`${prefix}${name}.weight`);
    const rows = rmsNorm(x, get("input_layernorm"), EPS);
    const q = model.find(`${prefix}self_attn.q_proj.weight`)
      ? linear(rows, get("self_attn.q_proj"))
      : linear(
          rmsNorm(linear(rows, get("self_attn.q_a_proj")), get("self_attn.q_a_layernorm"), EPS),
          get("self_attn.q_b_proj"),
        );
    const queries = eachHead(q, STILL + ROTATED, (head, t) => [
      head.slice(0, STILL),
      turned(head.slice(STILL), t, turning),
    ]);
    const compressed = linear(rows, get("self_attn.kv_a_proj_with_mqa"));
    const latent = rmsNorm(
      compressed.map((row) => row.slice(0, LATENT)),
      get("self_attn.kv_a_layernorm"),
      EPS,
    );
    const shared = compressed.map((row, t) => turned(row.slice(LATENT), t, turning));
    const unfolded = linear(latent, get("self_attn.kv_b_proj"));
    const keys = eachHead(unfolded, STILL + VALUE, (head, t) => [head.slice(0, STILL), shared[t] as Float64Array]);
    const values = eachHead(unfolded, STILL + VALUE, (head) => [head.slice(STILL)]);
    const width = STILL + ROTATED;
    const seen = attend(queries, keys, values, { width, scale: scale / Math.sqrt(width) });
    x = add(x, linear(seen, get("self_attn.o_proj")));
    const after = rmsNorm(x, get("post_attention_layernorm"), EPS);
    x = add(x, layer === 0 ? gated(model, after, prefix) : routed(model, after, prefix, choose));
  }
  return linear(rmsNorm(x, model.get("model.norm.weight"), EPS), model.get("lm_head.weight"));
}

const eachHead = (rows: Rows, width: number, parts: (head: Float64Array, t: number) => Float64Array[]): Rows =>
  rows.map((row, t) => joinRow(splitRow(row, width).flatMap((head) => parts(head, t))));

/** One row at its place. */
function turned(row: Float64Array, t: number, rotation: Rotation): Float64Array {
  const rows = Array.from({ length: t + 1 }, () => row);
  return rotate(rows, row.length, rotation)[t] as Float64Array;
}

function routed(model: Model, x: Rows, prefix: string, choose: Choose): Rows {
  const scores = linear(x, model.get(`${prefix}mlp.gate.weight`));
  const chosen = x.map((row, t) =>
    mixed(
      choose(scores[t] as Float64Array, model, prefix),
      (at) => gated(model, [row], prefix, `mlp.experts.${at}.`)[0] as Float64Array,
    ),
  );
  return add(chosen, gated(model, x, prefix, "mlp.shared_experts."));
}

/** V2-Lite: the best by softmax, as they are. */
const greedy: Choose = (scores) => topOf(softmax(scores), CHOSEN);

const FACTOR = 2.5;
const GROUPS = 4;

/** V3: sigmoids and a bias choose, first groups by their two best, then experts; the sigmoids alone weigh. */
const noaux: Choose = (scores, model, prefix) => {
  const open = scores.map(sigmoid);
  const bias = model.get(`${prefix}mlp.gate.e_score_correction_bias`).data;
  const biased = open.map((value, i) => value + (bias[i] as number));
  const each = EXPERTS / GROUPS;
  const groups = splitRow(biased, each).map((group) => topOf(group, 2).reduce((sum, { value }) => sum + value, 0));
  const kept = new Set(topOf(Float64Array.from(groups), 2).map(({ at }) => at));
  const allowed = biased.map((value, i) => (kept.has(Math.floor(i / each)) ? value : Number.NEGATIVE_INFINITY));
  const chosen = topOf(allowed, CHOSEN).map(({ at }) => ({ at, value: open[at] as number }));
  const sum = chosen.reduce((all, { value }) => all + value, 0);
  return chosen.map(({ at, value }) => ({ at, value: (value / sum) * FACTOR }));
};

/** `yarn_get_mscale`. */
const yarnScale = (factor: number, mscale: number) => 0.1 * mscale * Math.log(factor) + 1;

export const DEEPSEEKS: readonly Family[] = [
  {
    name: "deepseek2, V2-Lite, yarn",
    config: {
      architectures: ["DeepseekV2ForCausalLM"],
      ...BASE,
      q_lora_rank: null,
      norm_topk_prob: false,
      routed_scaling_factor: 1,
      scoring_func: "softmax",
      topk_method: "greedy",
      n_group: 1,
      topk_group: 1,
      rope_scaling: {
        type: "yarn",
        factor: 4,
        beta_fast: 32,
        beta_slow: 1,
        mscale: 0.7,
        mscale_all_dim: 0.7,
        original_max_position_embeddings: 64,
      },
    },
    shapes: shapes({ "self_attn.q_proj.weight": [HEADS * (STILL + ROTATED), WIDTH] }),
    forward: (model, tokens) =>
      forward(model, tokens, {
        choose: greedy,
        rotation: { frequencies: yarnFrequencies(10000, ROTATED, 4, 64) },
        scale: yarnScale(4, 0.7) ** 2,
      }),
  },
  {
    name: "deepseek2, V3",
    config: {
      architectures: ["DeepseekV3ForCausalLM"],
      ...BASE,
      q_lora_rank: QUERY_LATENT,
      norm_topk_prob: true,
      routed_scaling_factor: FACTOR,
      scoring_func: "sigmoid",
      topk_method: "noaux_tc",
      n_group: GROUPS,
      topk_group: 2,
      num_nextn_predict_layers: 1,
    },
    shapes: {
      ...shapes(
        {
          "self_attn.q_a_proj.weight": [QUERY_LATENT, WIDTH],
          "self_attn.q_a_layernorm.weight": [QUERY_LATENT],
          "self_attn.q_b_proj.weight": [HEADS * (STILL + ROTATED), QUERY_LATENT],
        },
        { "mlp.gate.e_score_correction_bias": [EXPERTS] },
      ),
      [`model.layers.${LAYERS}.enorm.weight`]: [WIDTH],
    },
    forward: (model, tokens) =>
      forward(model, tokens, { choose: noaux, rotation: { frequencies: frequencies(10000, ROTATED) } }),
  },
];
