// gpt-oss. Model card: arXiv 2508.10925; modeling_gpt_oss.py and integrations/mxfp4.py of transformers, torch/model.py of openai/gpt-oss.
import { packMxfp4 } from "../packers.js";
import { float32, type StoredTensor } from "../safetensors-writer.js";
import { type Family, layers, Model, makeModel, WIDTH } from "./family.js";
import { BASE, ENDS, HEAD_OF_ITS_OWN, mixed, NORMS, yarnFrequencies } from "./llama.js";
import {
  add,
  attend,
  embed,
  frequencies,
  linear,
  type Rotation,
  type Rows,
  rmsNorm,
  rotate,
  sigmoid,
  softmax,
  type Tensor,
  topOf,
} from "./math.js";

const HEADS = 4;
const GROUPS = 2;
const HEAD = 32;
const FFN = 32;
export const EXPERTS = 6;
const CHOSEN = 3;
const WINDOW = 6;
const LAYERS = 3;
const FACTOR = 8;
const TRAINED = 32;
/** The bound of what is stretched lies at a whole pair then, 0.0003 of a pair below it: rounding it changes nothing. */
const THETA = (TRAINED / (2 * Math.PI)) ** (HEAD / 2 / 6.9997);

const projection = (name: string, rows: number, width: number) => ({
  [`${name}.weight`]: [rows, width],
  [`${name}.bias`]: [rows],
});

const SHAPES = {
  ...ENDS,
  ...HEAD_OF_ITS_OWN,
  ...layers(LAYERS, "model.layers.", () => ({
    ...NORMS,
    ...projection("self_attn.q_proj", HEADS * HEAD, WIDTH),
    ...projection("self_attn.k_proj", GROUPS * HEAD, WIDTH),
    ...projection("self_attn.v_proj", GROUPS * HEAD, WIDTH),
    ...projection("self_attn.o_proj", WIDTH, HEADS * HEAD),
    "self_attn.sinks": [HEADS],
    ...projection("mlp.router", EXPERTS, WIDTH),
    "mlp.experts.gate_up_proj": [EXPERTS, WIDTH, 2 * FFN],
    "mlp.experts.gate_up_proj_bias": [EXPERTS, 2 * FFN],
    "mlp.experts.down_proj": [EXPERTS, FFN, WIDTH],
    "mlp.experts.down_proj_bias": [EXPERTS, WIDTH],
  })),
};

/** A row through the matrix [inputs, outputs] of an expert. */
function through(model: Model, name: string, expert: number, row: Float64Array): Float64Array {
  const { shape, data } = model.get(name);
  const [, inputs = 0, outputs = 0] = shape;
  const bias = model.get(`${name}_bias`).data;
  return Float64Array.from({ length: outputs }, (_, output) =>
    row.reduce(
      (sum, value, input) => sum + value * (data[(expert * inputs + input) * outputs + output] as number),
      bias[expert * outputs + output] as number,
    ),
  );
}

function routed(model: Model, x: Rows, prefix: string): Rows {
  const scores = linear(x, model.get(`${prefix}mlp.router.weight`), model.get(`${prefix}mlp.router.bias`));
  return x.map((row, t) => {
    const chosen = topOf(scores[t] as Float64Array, model.number("num_experts_per_tok"));
    const shares = softmax(Float64Array.from(chosen, ({ value }) => value));
    return mixed(
      chosen.map(({ at }, i) => ({ at, value: shares[i] as number })),
      (at) => {
        const both = through(model, `${prefix}mlp.experts.gate_up_proj`, at, row);
        const inner = Float64Array.from({ length: FFN }, (_, i) => {
          const gate = Math.min(both[2 * i] as number, 7);
          const up = Math.max(-7, Math.min(both[2 * i + 1] as number, 7));
          return (up + 1) * gate * sigmoid(1.702 * gate);
        });
        return through(model, `${prefix}mlp.experts.down_proj`, at, inner);
      },
    );
  });
}

function forward(model: Model, tokens: readonly number[], rotation: Rotation): Rows {
  const eps = BASE.rms_norm_eps;
  let x = embed(model.get("model.embed_tokens.weight"), tokens);
  for (let layer = 0; layer < LAYERS; layer++) {
    const prefix = `model.layers.${layer}.`;
    const projected = (rows: Rows, name: string) =>
      linear(
        rows,
        model.get(`${prefix}self_attn.${name}_proj.weight`),
        model.get(`${prefix}self_attn.${name}_proj.bias`),
      );
    const normed = rmsNorm(x, model.get(`${prefix}input_layernorm.weight`), eps);
    const turned = (name: string) => rotate(projected(normed, name), HEAD, rotation);
    const seen = attend(turned("q"), turned("k"), projected(normed, "v"), {
      width: HEAD,
      sink: (head) => model.get(`${prefix}self_attn.sinks`).data[head] as number,
      ...(layer % 2 === 0 && { window: WINDOW }),
    });
    x = add(x, projected(seen, "o"));
    x = add(x, routed(model, rmsNorm(x, model.get(`${prefix}post_attention_layernorm.weight`), eps), prefix));
  }
  return linear(rmsNorm(x, model.get("model.norm.weight"), eps), model.get("lm_head.weight"));
}

/** `_compute_yarn_parameters` with `truncate: false`, as `_compute_concentration_and_inv_freq` of openai/gpt-oss. */
function unroundedFrequencies(): number[] {
  const place = (turns: number) => (HEAD * Math.log(TRAINED / (turns * 2 * Math.PI))) / (2 * Math.log(THETA));
  const [low, high] = [Math.max(place(32), 0), Math.min(place(1), HEAD - 1)];
  return frequencies(THETA, HEAD).map((frequency, i) => {
    const ramp = Math.min(1, Math.max(0, (i - low) / (high - low)));
    return (frequency / FACTOR) * ramp + frequency * (1 - ramp);
  });
}

const magnitude = 0.1 * Math.log(FACTOR) + 1;

const gptOss = (name: string, config: object, rotation: Rotation): Family => ({
  name,
  config: {
    architectures: ["GptOssForCausalLM"],
    ...BASE,
    intermediate_size: FFN,
    head_dim: HEAD,
    num_hidden_layers: LAYERS,
    rope_theta: THETA,
    num_local_experts: EXPERTS,
    num_experts_per_tok: CHOSEN,
    experts_per_token: CHOSEN,
    sliding_window: WINDOW,
    swiglu_limit: 7,
    attention_bias: true,
    tie_word_embeddings: false,
    ...config,
  },
  shapes: SHAPES,
  loud: /gate_up_proj$/,
  forward: (model, tokens) => forward(model, tokens, rotation),
});

const YARN = { factor: FACTOR, original_max_position_embeddings: TRAINED, beta_fast: 32, beta_slow: 1 };

export const GPT_OSS: readonly Family[] = [
  gptOss(
    "gpt-oss",
    {
      rope_scaling: { rope_type: "yarn", ...YARN, truncate: false },
      layer_types: ["sliding_attention", "full_attention", "sliding_attention"],
    },
    { frequencies: unroundedFrequencies(), magnitude },
  ),
  gptOss(
    "gpt-oss, rounded bounds, in the form of transformers 5",
    { rope_theta: undefined, rope_parameters: { rope_type: "yarn", rope_theta: 50000, ...YARN } },
    { frequencies: yarnFrequencies(50000, HEAD, FACTOR, TRAINED), magnitude },
  ),
];

/** The first of them as it is published: with experts in MXFP4. */
export function inMxfp4(given: Family["config"] = (GPT_OSS[0] as Family).config) {
  const config = { ...given, quantization_config: { quant_method: "mxfp4" } };
  const kept = new Map<string, Tensor>();
  const stored: Record<string, StoredTensor> = {};
  for (const [name, tensor] of makeModel(GPT_OSS[0] as Family).tensors) {
    const packed = /_proj$/.test(name) ? packMxfp4(name, tensor) : undefined;
    kept.set(name, packed?.kept ?? tensor);
    Object.assign(stored, packed?.parts ?? { [name]: float32(tensor.data, tensor.shape) });
  }
  return { config, stored, model: new Model(config, kept) };
}
