// Command R and Command R7B: modeling_cohere.py and modeling_cohere2.py of transformers.
import { type Family, layers, type Model, VOCAB, WIDTH } from "./family.js";
import { ATTENTION, BASE, ENDS, GATED, gated, HEAD } from "./llama.js";
import { add, attend, embed, frequencies, layerNorm, linear, map, type Rows, rotate, type Tensor } from "./math.js";

const EPS = 1e-5;
const SCALE = 0.25;
const NONE: Tensor = { shape: [VOCAB], data: new Float32Array(VOCAB) };

/** @param window in all layers but every fourth, which does not rotate */
function forward(model: Model, tokens: readonly number[], window?: number): Rows {
  const norm = (rows: Rows, name: string) => layerNorm(rows, model.get(`model.${name}.weight`), NONE, EPS);
  const rotation = { frequencies: frequencies(10000, HEAD), pairs: "neighbors" } as const;
  const words = model.get("model.embed_tokens.weight");
  let x = embed(words, tokens);
  for (let layer = 0; layer < model.number("num_hidden_layers"); layer++) {
    const wide = window !== undefined && layer % 4 === 3;
    const get = (name: string) => model.get(`model.layers.${layer}.self_attn.${name}_proj.weight`);
    const normed = norm(x, `layers.${layer}.input_layernorm`);
    const turned = (name: string) => {
      const rows = linear(normed, get(name));
      return wide ? rows : rotate(rows, HEAD, rotation);
    };
    const seen = attend(turned("q"), turned("k"), linear(normed, get("v")), {
      width: HEAD,
      ...(window !== undefined && !wide && { window }),
    });
    x = add(add(x, linear(seen, get("o"))), gated(model, normed, `model.layers.${layer}.`));
  }
  return map(linear(norm(x, "norm"), words), (value) => value * SCALE);
}

const family = (name: string, count: number, config: object, window?: number): Family => ({
  name,
  config: {
    ...{ ...BASE, rms_norm_eps: undefined, num_hidden_layers: count, layer_norm_eps: EPS, logit_scale: SCALE },
    ...{ tie_word_embeddings: true, ...config },
  },
  shapes: {
    ...ENDS,
    ...layers(count, "model.layers.", () => ({ "input_layernorm.weight": [WIDTH], ...ATTENTION, ...GATED })),
  },
  forward: (model, tokens) => forward(model, tokens, window),
});

export const COHERES: readonly Family[] = [
  family("cohere", 2, { architectures: ["CohereForCausalLM"], use_qk_norm: false, model_max_length: 256 }),
  family("cohere2", 5, { architectures: ["Cohere2ForCausalLM"], sliding_window: 6, sliding_window_pattern: 4 }, 6),
];
