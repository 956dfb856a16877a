// Gemma 1, 2 and 3. Papers: arXiv 2403.08295, 2408.00118, 2503.19786; modeling_gemma.py, modeling_gemma2.py, modeling_gemma3.py.
import { type Family, layers, type Model, VOCAB, WIDTH } from "./family.js";
import {
  add,
  attend,
  embed,
  frequencies,
  geluTanh,
  linear,
  map,
  type Rows,
  rmsNorm,
  rmsNormHeads,
  rotate,
  times,
} from "./math.js";

const FFN = 96;
const HEADS = 4;
const GROUPS = 2;
const HEAD = 24;
const WINDOW = 6;
const EPS = 1e-6;

const BASE = {
  hidden_size: WIDTH,
  intermediate_size: FFN,
  num_attention_heads: HEADS,
  num_key_value_heads: GROUPS,
  head_dim: HEAD,
  vocab_size: VOCAB,
  max_position_embeddings: 256,
  rms_norm_eps: EPS,
  rope_theta: 10000,
  hidden_activation: "gelu_pytorch_tanh",
};

const LAYER = {
  "input_layernorm.weight": [WIDTH],
  "post_attention_layernorm.weight": [WIDTH],
  "self_attn.q_proj.weight": [HEADS * HEAD, WIDTH],
  "self_attn.k_proj.weight": [GROUPS * HEAD, WIDTH],
  "self_attn.v_proj.weight": [GROUPS * HEAD, WIDTH],
  "self_attn.o_proj.weight": [WIDTH, HEADS * HEAD],
  "mlp.gate_proj.weight": [FFN, WIDTH],
  "mlp.up_proj.weight": [FFN, WIDTH],
  "mlp.down_proj.weight": [WIDTH, FFN],
};
const SANDWICH = { "pre_feedforward_layernorm.weight": [WIDTH], "post_feedforward_layernorm.weight": [WIDTH] };
const HEAD_NORMS = { "self_attn.q_norm.weight": [HEAD], "self_attn.k_norm.weight": [HEAD] };
const ENDS = (prefix: string) => ({
  [`${prefix}embed_tokens.weight`]: [VOCAB, WIDTH],
  [`${prefix}norm.weight`]: [WIDTH],
});

interface Variant {
  readonly prefix?: string;
  readonly layers: number;
  readonly sandwich?: boolean;
  readonly headNorms?: boolean;
  readonly softcap?: number;
  readonly finalSoftcap?: number;
  readonly slides?: (layer: number) => boolean;
  readonly frequencies?: (layer: number) => readonly number[];
}

function forward(model: Model, tokens: readonly number[], variant: Variant): Rows {
  const { prefix = "model.", sandwich = false, headNorms = false, softcap, finalSoftcap } = variant;
  const norm = (rows: Rows, name: string) => rmsNorm(rows, model.get(`${prefix}${name}.weight`), EPS, 1);
  let x = map(embed(model.get(`${prefix}embed_tokens.weight`), tokens), (value) => value * Math.sqrt(WIDTH));
  for (let layer = 0; layer < variant.layers; layer++) {
    const get = (name: string) => model.get(`${prefix}layers.${layer}.${name}.weight`);
    const own = (rows: Rows, name: string) => norm(rows, `layers.${layer}.${name}`);
    const normed = own(x, "input_layernorm");
    const rotation = { frequencies: variant.frequencies?.(layer) ?? frequencies(10000, HEAD) };
    const turned = (name: string) => {
      const rows = linear(normed, get(`self_attn.${name}_proj`));
      return rotate(headNorms ? rmsNormHeads(rows, get(`self_attn.${name}_norm`), EPS, 1) : rows, HEAD, rotation);
    };
    const seen = attend(turned("q"), turned("k"), linear(normed, get("self_attn.v_proj")), {
      width: HEAD,
      ...(softcap !== undefined && { softcap }),
      ...(variant.slides?.(layer) && { window: WINDOW }),
    });
    const attended = linear(seen, get("self_attn.o_proj"));
    x = add(x, sandwich ? own(attended, "post_attention_layernorm") : attended);
    const after = own(x, sandwich ? "pre_feedforward_layernorm" : "post_attention_layernorm");
    const open = map(linear(after, get("mlp.gate_proj")), geluTanh);
    const fed = linear(times(open, linear(after, get("mlp.up_proj"))), get("mlp.down_proj"));
    x = add(x, sandwich ? own(fed, "post_feedforward_layernorm") : fed);
  }
  const logits = linear(norm(x, "norm"), model.get(`${prefix}embed_tokens.weight`));
  return finalSoftcap === undefined ? logits : map(logits, (value) => finalSoftcap * Math.tanh(value / finalSoftcap));
}

/** Layers that see everything turn slowly, and stretched; the others fast. */
const slow = frequencies(1e6, HEAD).map((frequency) => frequency / 8);
const isWide = (layer: number) => (layer + 1) % 6 === 0;
const GEMMA3: Variant = {
  layers: 7,
  sandwich: true,
  headNorms: true,
  slides: (layer) => !isWide(layer),
  frequencies: (layer) => (isWide(layer) ? slow : frequencies(20000, HEAD)),
};

/** Norms of Gemma are kept less one: `makeModel` makes them near one all the same, which proves the difference better. */
export const GEMMAS: readonly Family[] = [
  {
    name: "gemma",
    config: { architectures: ["GemmaForCausalLM"], ...BASE, num_hidden_layers: 2, hidden_act: "gelu" },
    shapes: { ...ENDS("model."), ...layers(2, "model.layers.", () => LAYER) },
    forward: (model, tokens) => forward(model, tokens, { layers: 2 }),
  },
  {
    name: "gemma2",
    config: {
      architectures: ["Gemma2ForCausalLM"],
      ...BASE,
      num_hidden_layers: 3,
      sliding_window: WINDOW,
      query_pre_attn_scalar: HEAD,
      attn_logit_softcapping: 5,
      final_logit_softcapping: 30,
    },
    shapes: { ...ENDS("model."), ...layers(3, "model.layers.", () => ({ ...LAYER, ...SANDWICH })) },
    forward: (model, tokens) =>
      forward(model, tokens, {
        layers: 3,
        sandwich: true,
        softcap: 5,
        finalSoftcap: 30,
        slides: (layer) => layer % 2 === 0,
      }),
  },
  {
    name: "gemma3, that also sees",
    config: {
      architectures: ["Gemma3ForConditionalGeneration"],
      text_config: {
        ...BASE,
        num_hidden_layers: 7,
        sliding_window: WINDOW,
        query_pre_attn_scalar: HEAD,
        rope_theta: 1e6,
        rope_scaling: { rope_type: "linear", factor: 8 },
        rope_local_base_freq: 20000,
      },
    },
    shapes: {
      ...ENDS("language_model.model."),
      ...layers(7, "language_model.model.layers.", () => ({ ...LAYER, ...SANDWICH, ...HEAD_NORMS })),
      "vision_tower.vision_model.post_layernorm.weight": [8],
      "multi_modal_projector.mm_input_projection_weight": [8, 8],
    },
    forward: (model, tokens) => forward(model, tokens, { ...GEMMA3, prefix: "language_model.model." }),
  },
  {
    name: "gemma3, in the form of transformers 5",
    config: {
      architectures: ["Gemma3ForCausalLM"],
      ...BASE,
      num_hidden_layers: 7,
      sliding_window: WINDOW,
      query_pre_attn_scalar: HEAD,
      rope_theta: undefined,
      layer_types: Array.from({ length: 7 }, (_, layer) => (isWide(layer) ? "full_attention" : "sliding_attention")),
      rope_parameters: {
        full_attention: { rope_type: "linear", factor: 8, rope_theta: 1e6 },
        sliding_attention: { rope_type: "default", rope_theta: 20000 },
      },
    },
    shapes: { ...ENDS("model."), ...layers(7, "model.layers.", () => ({ ...LAYER, ...SANDWICH, ...HEAD_NORMS })) },
    forward: (model, tokens) => forward(model, tokens, GEMMA3),
  },
];
