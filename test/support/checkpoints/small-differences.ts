// Families that are a llama but for a little: SmolLM3, Seed-OSS, ERNIE 4.5 and GLM-4-0414. modeling_smollm3.py, modeling_seed_oss.py,
// modeling_ernie4_5.py and modeling_glm4.py of transformers.
import { type Family, layers, type Model, WIDTH } from "./family.js";
import {
  ATTENTION,
  BASE,
  BIASES,
  ENDS,
  FFN,
  GATED,
  GROUPS,
  HEAD,
  HEAD_OF_ITS_OWN,
  HEADS,
  llamaForward,
  NORMS,
} from "./llama.js";
import {
  add,
  attend,
  columns,
  embed,
  frequencies,
  linear,
  map,
  type Rows,
  rmsNorm,
  rotate,
  silu,
  times,
} from "./math.js";

const WIDE = 24;

function glm4(model: Model, tokens: readonly number[]): Rows {
  const eps = BASE.rms_norm_eps;
  // The first half of each head, neighbors with each other.
  const rotation = { frequencies: frequencies(10000, HEAD / 2), pairs: "neighbors" } as const;
  let x = embed(model.get("model.embed_tokens.weight"), tokens);
  for (let layer = 0; layer < 2; layer++) {
    const get = (name: string) => model.get(`model.layers.${layer}.${name}.weight`);
    const norm = (rows: Rows, name: string) => rmsNorm(rows, get(name), eps);
    const normed = norm(x, "input_layernorm");
    const projected = (name: string) =>
      linear(normed, get(`self_attn.${name}`), model.get(`model.layers.${layer}.self_attn.${name}.bias`));
    const turned = (name: string) => rotate(projected(name), HEAD, rotation);
    const seen = attend(turned("q_proj"), turned("k_proj"), projected("v_proj"), { width: HEAD });
    x = add(x, norm(linear(seen, get("self_attn.o_proj")), "post_self_attn_layernorm"));
    const both = linear(norm(x, "post_attention_layernorm"), get("mlp.gate_up_proj"));
    const inner = times(map(columns(both, 0, FFN), silu), columns(both, FFN, 2 * FFN));
    x = add(x, norm(linear(inner, get("mlp.down_proj")), "post_mlp_layernorm"));
  }
  return linear(rmsNorm(x, model.get("model.norm.weight"), eps), model.get("lm_head.weight"));
}

export const SMALL_DIFFERENCES: readonly Family[] = [
  {
    name: "smollm3",
    config: {
      architectures: ["SmolLM3ForCausalLM"],
      ...BASE,
      num_hidden_layers: 5,
      rope_theta: 5e6,
      no_rope_layer_interval: 4,
      no_rope_layers: [1, 1, 1, 0, 1],
      use_sliding_window: false,
      tie_word_embeddings: true,
    },
    shapes: { ...ENDS, ...layers(5, "model.layers.", () => ({ ...NORMS, ...ATTENTION, ...GATED })) },
    forward: (model, tokens) => llamaForward(model, tokens, { rotates: (layer) => layer % 4 !== 3 }),
  },
  {
    name: "seed_oss",
    config: {
      architectures: ["SeedOssForCausalLM"],
      ...BASE,
      head_dim: WIDE,
      rope_theta: 1e7,
      rope_scaling: { rope_type: "default" },
      attention_bias: true,
      attention_out_bias: false,
    },
    shapes: {
      ...ENDS,
      ...HEAD_OF_ITS_OWN,
      ...layers(2, "model.layers.", () => ({
        ...NORMS,
        ...GATED,
        "self_attn.q_proj.weight": [HEADS * WIDE, WIDTH],
        "self_attn.q_proj.bias": [HEADS * WIDE],
        "self_attn.k_proj.weight": [GROUPS * WIDE, WIDTH],
        "self_attn.k_proj.bias": [GROUPS * WIDE],
        "self_attn.v_proj.weight": [GROUPS * WIDE, WIDTH],
        "self_attn.v_proj.bias": [GROUPS * WIDE],
        "self_attn.o_proj.weight": [WIDTH, HEADS * WIDE],
      })),
    },
    forward: (model, tokens) => llamaForward(model, tokens, { width: WIDE }),
  },
  {
    name: "ernie4_5",
    config: {
      architectures: ["Ernie4_5ForCausalLM"],
      ...BASE,
      rope_theta: 500000,
      use_bias: false,
      tie_word_embeddings: true,
    },
    shapes: { ...ENDS, ...layers(2, "model.layers.", () => ({ ...NORMS, ...ATTENTION, ...GATED })) },
    forward: (model, tokens) =>
      llamaForward(model, tokens, { rotation: { frequencies: frequencies(500000, HEAD), pairs: "neighbors" } }),
  },
  {
    name: "glm4",
    config: { architectures: ["Glm4ForCausalLM"], ...BASE, partial_rotary_factor: 0.5, attention_bias: true },
    shapes: {
      ...ENDS,
      ...HEAD_OF_ITS_OWN,
      ...layers(2, "model.layers.", () => ({
        ...NORMS,
        ...ATTENTION,
        ...BIASES,
        "post_self_attn_layernorm.weight": [WIDTH],
        "post_mlp_layernorm.weight": [WIDTH],
        "mlp.gate_up_proj.weight": [2 * FFN, WIDTH],
        "mlp.down_proj.weight": [WIDTH, FFN],
      })),
    },
    forward: glm4,
  },
];
