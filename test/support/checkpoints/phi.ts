// Phi-2 and Phi-3. arXiv 2309.05463, 2404.14219; modeling_phi.py and modeling_phi3.py of transformers.
import { type Family, layers, type Model, VOCAB, WIDTH } from "./family.js";
import {
  add,
  attend,
  columns,
  embed,
  frequencies,
  geluTanh,
  layerNorm,
  linear,
  map,
  type Rotation,
  type Rows,
  rmsNorm,
  rotate,
  silu,
  times,
} from "./math.js";

const FFN = 96;
const HEADS = 4;
const GROUPS = 2;
const HEAD = 16;

const withBias = (name: string, shape: readonly number[]) => ({
  [`${name}.weight`]: shape,
  [`${name}.bias`]: shape.slice(0, 1),
});

const phi2: Family = {
  name: "phi2",
  config: {
    architectures: ["PhiForCausalLM"],
    hidden_size: WIDTH,
    intermediate_size: FFN,
    num_hidden_layers: 2,
    num_attention_heads: HEADS,
    num_key_value_heads: HEADS,
    vocab_size: VOCAB,
    max_position_embeddings: 256,
    layer_norm_eps: 1e-5,
    partial_rotary_factor: 0.5,
    rope_theta: 10000,
    hidden_act: "gelu_new",
    qk_layernorm: false,
    tie_word_embeddings: false,
  },
  shapes: {
    "model.embed_tokens.weight": [VOCAB, WIDTH],
    ...withBias("model.final_layernorm", [WIDTH]),
    ...withBias("lm_head", [VOCAB, WIDTH]),
    ...layers(2, "model.layers.", () => ({
      ...withBias("input_layernorm", [WIDTH]),
      ...withBias("self_attn.q_proj", [WIDTH, WIDTH]),
      ...withBias("self_attn.k_proj", [WIDTH, WIDTH]),
      ...withBias("self_attn.v_proj", [WIDTH, WIDTH]),
      ...withBias("self_attn.dense", [WIDTH, WIDTH]),
      ...withBias("mlp.fc1", [FFN, WIDTH]),
      ...withBias("mlp.fc2", [WIDTH, FFN]),
    })),
  },
  forward: (model, tokens) => {
    const rotation = { frequencies: frequencies(10000, HEAD / 2) };
    let x = embed(model.get("model.embed_tokens.weight"), tokens);
    for (let layer = 0; layer < 2; layer++) {
      const via = (rows: Rows, name: string) =>
        linear(
          rows,
          model.get(`model.layers.${layer}.${name}.weight`),
          model.get(`model.layers.${layer}.${name}.bias`),
        );
      const name = `model.layers.${layer}.input_layernorm`;
      const normed = layerNorm(x, model.get(`${name}.weight`), model.get(`${name}.bias`), 1e-5);
      const turned = (part: string) => rotate(via(normed, `self_attn.${part}_proj`), HEAD, rotation);
      const seen = attend(turned("q"), turned("k"), via(normed, "self_attn.v_proj"), { width: HEAD });
      const fed = via(map(via(normed, "mlp.fc1"), geluTanh), "mlp.fc2");
      x = add(add(x, via(seen, "self_attn.dense")), fed);
    }
    x = layerNorm(x, model.get("model.final_layernorm.weight"), model.get("model.final_layernorm.bias"), 1e-5);
    return linear(x, model.get("lm_head.weight"), model.get("lm_head.bias"));
  },
};

function phi3Forward(model: Model, tokens: readonly number[], rotation: Rotation): Rows {
  const eps = 1e-5;
  let x = embed(model.get("model.embed_tokens.weight"), tokens);
  for (let layer = 0; layer < 2; layer++) {
    const get = (name: string) => model.get(`model.layers.${layer}.${name}.weight`);
    const joined = linear(rmsNorm(x, get("input_layernorm"), eps), get("self_attn.qkv_proj"));
    const [keys, values] = [HEADS * HEAD, (HEADS + GROUPS) * HEAD];
    const q = rotate(columns(joined, 0, keys), HEAD, rotation);
    const k = rotate(columns(joined, keys, values), HEAD, rotation);
    const seen = attend(q, k, columns(joined, values, values + GROUPS * HEAD), { width: HEAD });
    x = add(x, linear(seen, get("self_attn.o_proj")));
    const both = linear(rmsNorm(x, get("post_attention_layernorm"), eps), get("mlp.gate_up_proj"));
    const open = map(columns(both, 0, FFN), silu);
    x = add(x, linear(times(open, columns(both, FFN, 2 * FFN)), get("mlp.down_proj")));
  }
  return linear(rmsNorm(x, model.get("model.norm.weight"), eps), model.get("lm_head.weight"));
}

const PHI3 = {
  architectures: ["Phi3ForCausalLM"],
  hidden_size: WIDTH,
  intermediate_size: FFN,
  num_hidden_layers: 2,
  num_attention_heads: HEADS,
  num_key_value_heads: GROUPS,
  vocab_size: VOCAB,
  max_position_embeddings: 4096,
  original_max_position_embeddings: 4096,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  rope_scaling: null,
  hidden_act: "silu",
  sliding_window: 2047,
};
const PHI3_SHAPES = {
  "model.embed_tokens.weight": [VOCAB, WIDTH],
  "model.norm.weight": [WIDTH],
  "lm_head.weight": [VOCAB, WIDTH],
  ...layers(2, "model.layers.", () => ({
    "input_layernorm.weight": [WIDTH],
    "post_attention_layernorm.weight": [WIDTH],
    "self_attn.qkv_proj.weight": [(HEADS + 2 * GROUPS) * HEAD, WIDTH],
    "self_attn.o_proj.weight": [WIDTH, HEADS * HEAD],
    "mlp.gate_up_proj.weight": [2 * FFN, WIDTH],
    "mlp.down_proj.weight": [WIDTH, FFN],
  })),
};

const SHORT = [1, 1.05, 1.1, 1.2, 1.3, 1.5];
const LONG = [1.1, 1.6, 2.5, 5, 9, 14];
/** Three quarters of each head, as Phi-4-mini has it. */
const ROTATED = 12;
/** `_compute_longrope_parameters`. */
const longrope = (factors: readonly number[], longest: number, trained: number): Rotation => ({
  frequencies: frequencies(10000, ROTATED).map((frequency, i) => frequency / (factors[i] as number)),
  magnitude: Math.sqrt(1 + Math.log(longest / trained) / Math.log(trained)),
});

export const PHIS: readonly Family[] = [
  phi2,
  {
    name: "phi3",
    config: PHI3,
    shapes: PHI3_SHAPES,
    forward: (model, tokens) => phi3Forward(model, tokens, { frequencies: frequencies(10000, HEAD) }),
  },
  // The context of the proof has 256 tokens: below what the first was made for, above what the second was.
  ...(
    [
      ["short", SHORT, 1024],
      ["long", LONG, 8],
    ] as const
  ).map(
    ([name, factors, trained]): Family => ({
      name: `phi3, longrope, ${name}`,
      config: {
        ...PHI3,
        max_position_embeddings: 4 * trained,
        original_max_position_embeddings: trained,
        partial_rotary_factor: 0.75,
        rope_scaling: { type: "longrope", short_factor: SHORT, long_factor: LONG },
      },
      shapes: PHI3_SHAPES,
      forward: (model, tokens) => phi3Forward(model, tokens, longrope(factors, 4 * trained, trained)),
    }),
  ),
];
