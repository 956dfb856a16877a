// Llama, Mistral and Mixtral. Papers: arXiv 2302.13971, 2401.04088; modeling_llama.py, modeling_mixtral.py of transformers.
import { type Family, layers, type Model, VOCAB, WIDTH } from "./family.js";
import {
  add,
  attend,
  embed,
  frequencies,
  linear,
  map,
  type Rotation,
  type Rows,
  rmsNorm,
  rotate,
  silu,
  softmax,
  type Tensor,
  times,
  topOf,
} from "./math.js";

export const FFN = 96;
export const HEADS = 4;
export const GROUPS = 2;
export const HEAD = 16;

export const BASE = {
  hidden_size: WIDTH,
  intermediate_size: FFN,
  num_hidden_layers: 2,
  num_attention_heads: HEADS,
  num_key_value_heads: GROUPS,
  vocab_size: VOCAB,
  max_position_embeddings: 256,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  hidden_act: "silu",
};

export const ATTENTION = {
  "self_attn.q_proj.weight": [HEADS * HEAD, WIDTH],
  "self_attn.k_proj.weight": [GROUPS * HEAD, WIDTH],
  "self_attn.v_proj.weight": [GROUPS * HEAD, WIDTH],
  "self_attn.o_proj.weight": [WIDTH, HEADS * HEAD],
};
export const BIASES = {
  "self_attn.q_proj.bias": [HEADS * HEAD],
  "self_attn.k_proj.bias": [GROUPS * HEAD],
  "self_attn.v_proj.bias": [GROUPS * HEAD],
};
export const NORMS = { "input_layernorm.weight": [WIDTH], "post_attention_layernorm.weight": [WIDTH] };
export const GATED = {
  "mlp.gate_proj.weight": [FFN, WIDTH],
  "mlp.up_proj.weight": [FFN, WIDTH],
  "mlp.down_proj.weight": [WIDTH, FFN],
};
export const ENDS = { "model.embed_tokens.weight": [VOCAB, WIDTH], "model.norm.weight": [WIDTH] };
export const HEAD_OF_ITS_OWN = { "lm_head.weight": [VOCAB, WIDTH] };

/** What the families of this shape differ in. */
export interface Variant {
  readonly rotation?: Rotation;
  readonly width?: number;
  readonly feedForward?: (model: Model, x: Rows, prefix: string) => Rows;
  /** All do unless it says no. */
  readonly rotates?: (layer: number) => boolean;
  /** Queries and keys before they are rotated. */
  readonly normalize?: (x: Rows, weights: Tensor) => Rows;
  /** Granite's factors. */
  readonly factors?: {
    readonly embedding: number;
    readonly attention: number;
    readonly residual: number;
    readonly logits: number;
  };
}

export function llamaForward(model: Model, tokens: readonly number[], variant: Variant = {}): Rows {
  const eps = model.number("rms_norm_eps");
  const { width = HEAD, factors, normalize, feedForward = gated } = variant;
  const rotation = variant.rotation ?? { frequencies: frequencies(model.number("rope_theta"), width) };
  const times = (rows: Rows, factor = 1) => map(rows, (value) => value * factor);
  let x = times(embed(model.get("model.embed_tokens.weight"), tokens), factors?.embedding);
  for (let layer = 0; layer < model.number("num_hidden_layers"); layer++) {
    const prefix = `model.layers.${layer}.`;
    const projected = (rows: Rows, name: string) =>
      linear(rows, model.get(`${prefix}self_attn.${name}.weight`), model.find(`${prefix}self_attn.${name}.bias`));
    const normed = rmsNorm(x, model.get(`${prefix}input_layernorm.weight`), eps);
    const turned = (name: string) => {
      const rows = projected(normed, `${name}_proj`);
      const normal = normalize?.(rows, model.get(`${prefix}self_attn.${name}_norm.weight`)) ?? rows;
      return variant.rotates?.(layer) === false ? normal : rotate(normal, width, rotation);
    };
    const scale = factors?.attention ?? 1 / Math.sqrt(width);
    const seen = attend(turned("q"), turned("k"), projected(normed, "v_proj"), { width, scale });
    x = add(x, times(projected(seen, "o_proj"), factors?.residual));
    const after = rmsNorm(x, model.get(`${prefix}post_attention_layernorm.weight`), eps);
    x = add(x, times(feedForward(model, after, prefix), factors?.residual));
  }
  x = rmsNorm(x, model.get("model.norm.weight"), eps);
  const logits = linear(x, model.find("lm_head.weight") ?? model.get("model.embed_tokens.weight"));
  return times(logits, 1 / (factors?.logits ?? 1));
}

/** What the chosen experts say, by their weights. */
export function mixed(
  chosen: readonly { readonly at: number; readonly value: number }[],
  expert: (at: number) => Float64Array,
): Float64Array {
  return chosen.reduce((sum, { at, value }) => {
    const said = expert(at);
    return sum.map((one, i) => one + value * (said[i] as number));
  }, new Float64Array(WIDTH));
}

export function gated(model: Model, x: Rows, prefix: string, part = "mlp."): Rows {
  const via = (rows: Rows, name: string) =>
    linear(rows, model.get(`${prefix}${part}${name}.weight`), model.find(`${prefix}${part}${name}.bias`));
  return via(times(map(via(x, "gate_proj"), silu), via(x, "up_proj")), "down_proj");
}

/** One expert of the tensors that transformers 5 joins experts to: gates and then what they open in `gate_up_proj`. */
export function fusedExpert(model: Model, row: Float64Array, prefix: string, expert: number): Float64Array {
  const rowsOf = ({ shape, data }: Tensor, from: number, to: number): Tensor => {
    const [, rows = 0, width = 0] = shape;
    const start = expert * rows * width;
    return { shape: [to - from, width], data: data.subarray(start + from * width, start + to * width) };
  };
  const [both, down] = [model.get(`${prefix}gate_up_proj`), model.get(`${prefix}down_proj`)];
  const inner = (both.shape[1] as number) / 2;
  const gate = linear([row], rowsOf(both, 0, inner));
  const up = linear([row], rowsOf(both, inner, 2 * inner));
  return linear(times(map(gate, silu), up), rowsOf(down, 0, down.shape[1] as number))[0] as Float64Array;
}

/** The shapes of those. */
export const fusedShapes = (experts: number, inner: number) => ({
  "mlp.gate.weight": [experts, WIDTH],
  "mlp.experts.gate_up_proj": [experts, 2 * inner, WIDTH],
  "mlp.experts.down_proj": [experts, WIDTH, inner],
});

const llama = (name: string, config: object, shapes: object, variant: Variant = {}): Family => ({
  name,
  config: { architectures: ["LlamaForCausalLM"], ...BASE, ...config },
  shapes: {
    ...ENDS,
    ...layers(2, "model.layers.", () => ({ ...NORMS, ...ATTENTION, ...GATED })),
    ...shapes,
  } as Family["shapes"],
  forward: (model, tokens) => llamaForward(model, tokens, variant),
});

const LLAMA3 = {
  rope_type: "llama3",
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 64,
};

/** `_compute_llama3_parameters`. */
function llama3Frequencies(theta: number, width: number): number[] {
  const [factor, low, high, trained] = [8, 1, 4, 64];
  return frequencies(theta, width).map((frequency) => {
    const wave = (2 * Math.PI) / frequency;
    if (wave < trained / high) return frequency;
    if (wave > trained / low) return frequency / factor;
    const smooth = (trained / wave - low) / (high - low);
    return ((1 - smooth) * frequency) / factor + smooth * frequency;
  });
}

/** `_compute_yarn_parameters`, with its default beta_fast 32 and beta_slow 1. */
export function yarnFrequencies(theta: number, width: number, factor: number, trained: number): number[] {
  const place = (turns: number) => (width * Math.log(trained / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const low = Math.max(Math.floor(place(32)), 0);
  const high = Math.min(Math.ceil(place(1)), width - 1);
  return frequencies(theta, width).map((frequency, i) => {
    const ramp = Math.min(1, Math.max(0, (i - low) / Math.max(high - low, 0.001)));
    return (frequency / factor) * ramp + frequency * (1 - ramp);
  });
}

const EXPERTS = 4;
const MIXTRAL_EXPERTS = {
  "block_sparse_moe.gate.weight": [EXPERTS, WIDTH],
  ...Object.fromEntries(
    Array.from({ length: EXPERTS }, (_, expert) => [
      [`block_sparse_moe.experts.${expert}.w1.weight`, [FFN, WIDTH]],
      [`block_sparse_moe.experts.${expert}.w2.weight`, [WIDTH, FFN]],
      [`block_sparse_moe.experts.${expert}.w3.weight`, [FFN, WIDTH]],
    ]).flat(),
  ),
};

const mixtral = (name: string, config: object, rotation?: Rotation, fused = false): Family => ({
  name,
  config: {
    architectures: ["MixtralForCausalLM"],
    ...BASE,
    rope_theta: 1e6,
    num_local_experts: EXPERTS,
    num_experts_per_tok: 2,
    sliding_window: null,
    ...config,
  },
  shapes: {
    ...ENDS,
    ...HEAD_OF_ITS_OWN,
    ...layers(2, "model.layers.", () => ({
      ...NORMS,
      ...ATTENTION,
      ...(fused ? fusedShapes(EXPERTS, FFN) : MIXTRAL_EXPERTS),
    })),
  },
  forward: (model, tokens) =>
    llamaForward(model, tokens, {
      ...(rotation && { rotation }),
      feedForward: (_, x, prefix) => {
        const part = `${prefix}${fused ? "mlp" : "block_sparse_moe"}.`;
        const scores = linear(x, model.get(`${part}gate.weight`));
        return x.map((row, t) => {
          const chosen = topOf(softmax(scores[t] as Float64Array), 2);
          const sum = chosen.reduce((all, { value }) => all + value, 0);
          return mixed(
            chosen.map(({ at, value }) => ({ at, value: value / sum })),
            (at) => {
              if (fused) return fusedExpert(model, row, `${part}experts.`, at);
              const via = (rows: Rows, name: string) => linear(rows, model.get(`${part}experts.${at}.${name}.weight`));
              return via(times(map(via([row], "w1"), silu), via([row], "w3")), "w2")[0] as Float64Array;
            },
          );
        });
      },
    }),
});

const granite: Family = {
  name: "granite",
  config: {
    architectures: ["GraniteForCausalLM"],
    ...BASE,
    attention_multiplier: 0.2,
    embedding_multiplier: 3,
    residual_multiplier: 0.4,
    logits_scaling: 2,
    tie_word_embeddings: true,
  },
  shapes: { ...ENDS, ...layers(2, "model.layers.", () => ({ ...NORMS, ...ATTENTION, ...GATED })) },
  forward: (model, tokens) =>
    llamaForward(model, tokens, { factors: { attention: 0.2, embedding: 3, residual: 0.4, logits: 2 } }),
};

export const LLAMAS: readonly Family[] = [
  llama("llama, groups of heads", {}, HEAD_OF_ITS_OWN),
  llama(
    "llama, tied, biases (Qwen-like)",
    { tie_word_embeddings: true, attention_bias: true },
    layers(2, "model.layers.", () => BIASES),
  ),
  llama(
    "llama 3.1, scaled rotations",
    {
      rope_theta: 500000,
      rope_scaling: LLAMA3,
    },
    HEAD_OF_ITS_OWN,
    { rotation: { frequencies: llama3Frequencies(500000, HEAD) } },
  ),
  llama(
    "llama, linear scaling (DeepSeek Coder, Vicuna 16k)",
    { rope_scaling: { type: "linear", factor: 4 } },
    HEAD_OF_ITS_OWN,
    { rotation: { frequencies: frequencies(10000, HEAD).map((frequency) => frequency / 4) } },
  ),
  llama(
    "llama, yarn, in the form of transformers 5",
    {
      rope_theta: undefined,
      rope_parameters: { rope_type: "yarn", rope_theta: 10000, factor: 4, original_max_position_embeddings: 64 },
    },
    HEAD_OF_ITS_OWN,
    { rotation: { frequencies: yarnFrequencies(10000, HEAD, 4, 64), magnitude: 0.1 * Math.log(4) + 1 } },
  ),
  llama(
    "llama, yarn with a magnitude of its own",
    {
      rope_scaling: {
        ...{ rope_type: "yarn", factor: 4, original_max_position_embeddings: 64 },
        attention_factor: 1,
      },
    },
    HEAD_OF_ITS_OWN,
    { rotation: { frequencies: yarnFrequencies(10000, HEAD, 4, 64), magnitude: 1 } },
  ),
  llama(
    "llama, yarn with mscale",
    {
      rope_scaling: {
        ...{ rope_type: "yarn", factor: 4, original_max_position_embeddings: 64 },
        ...{ mscale: 1.5, mscale_all_dim: 0.5 },
      },
    },
    HEAD_OF_ITS_OWN,
    {
      rotation: {
        frequencies: yarnFrequencies(10000, HEAD, 4, 64),
        magnitude: (0.15 * Math.log(4) + 1) / (0.05 * Math.log(4) + 1),
      },
    },
  ),
  {
    ...llama("mistral", {}, HEAD_OF_ITS_OWN),
    config: { architectures: ["MistralForCausalLM"], ...BASE, sliding_window: 4096 },
  },
  mixtral("mixtral", {}),
  mixtral("mixtral, in the form of transformers 5", {}, undefined, true),
  mixtral(
    "mixtral, llama3 frequencies",
    { rope_theta: 500000, rope_scaling: LLAMA3 },
    { frequencies: llama3Frequencies(500000, HEAD) },
  ),
  granite,
];
