// GPT-2, GPTBigCode (StarCoder), StarCoder2, BLOOM and Falcon. arXiv 2305.06161, 2402.19173, 2211.05100, 2311.16867; modeling_gpt2.py,
// modeling_gpt_bigcode.py, modeling_starcoder2.py, modeling_bloom.py and modeling_falcon.py of transformers.
import { type Family, layers, type Model, VOCAB, WIDTH } from "./family.js";
import {
  add,
  attend,
  columns,
  embed,
  frequencies,
  gelu,
  geluTanh,
  joinRow,
  layerNorm,
  linear,
  map,
  type Rows,
  rotate,
  splitRow,
  type Tensor,
} from "./math.js";

const HEADS = 4;
const HEAD = 16;
const FFN = 4 * WIDTH;
const EPS = 1e-5;
const POSITIONS = 256;

const withBias = (name: string, shape: readonly number[], out = shape[0] as number) => ({
  [`${name}.weight`]: shape,
  [`${name}.bias`]: [out],
});
const norm = (name: string) => withBias(name, [WIDTH]);
const normed = (model: Model, x: Rows, name: string) =>
  layerNorm(x, model.get(`${name}.weight`), model.get(`${name}.bias`), EPS);
const through = (model: Model, x: Rows, name: string) =>
  linear(x, model.get(`${name}.weight`), model.find(`${name}.bias`));

/** Conv1D of modeling_gpt2.py: y = x W + b. */
function conv1d(model: Model, x: Rows, name: string): Rows {
  const { shape, data } = model.get(`${name}.weight`);
  const [inputs = 0, outputs = 0] = shape;
  const turned = new Float32Array(data.length);
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < outputs; o++) turned[o * inputs + i] = data[i * outputs + o] as number;
  const matrix: Tensor = { shape: [outputs, inputs], data: turned };
  return linear(x, matrix, model.get(`${name}.bias`));
}

function gptForward(model: Model, tokens: readonly number[], prefix: string, groups: number, apply = through): Rows {
  const places = embed(
    model.get(`${prefix}wpe.weight`),
    tokens.map((_, t) => t),
  );
  let x = add(embed(model.get(`${prefix}wte.weight`), tokens), places);
  for (let layer = 0; layer < 2; layer++) {
    const part = `${prefix}h.${layer}.`;
    const joined = apply(model, normed(model, x, `${part}ln_1`), `${part}attn.c_attn`);
    const end = WIDTH + groups * HEAD;
    // Without multi_query each head of GPTBigCode has its own three; GPT-2 has all queries first, as multi_query has.
    const seen = attend(
      columns(joined, 0, WIDTH),
      columns(joined, WIDTH, end),
      columns(joined, end, end + groups * HEAD),
      {
        width: HEAD,
      },
    );
    x = add(x, apply(model, seen, `${part}attn.c_proj`));
    const open = map(apply(model, normed(model, x, `${part}ln_2`), `${part}mlp.c_fc`), geluTanh);
    x = add(x, apply(model, open, `${part}mlp.c_proj`));
  }
  return linear(normed(model, x, `${prefix}ln_f`), model.get(`${prefix}wte.weight`));
}

const GPT = {
  n_embd: WIDTH,
  n_head: HEADS,
  n_layer: 2,
  n_positions: POSITIONS,
  n_inner: null,
  vocab_size: VOCAB,
  layer_norm_epsilon: EPS,
};
const gptEnds = (prefix: string) => ({
  [`${prefix}wte.weight`]: [VOCAB, WIDTH],
  [`${prefix}wpe.weight`]: [POSITIONS, WIDTH],
  ...norm(`${prefix}ln_f`),
});

const gpt2: Family = {
  name: "gpt2",
  config: { architectures: ["GPT2LMHeadModel"], ...GPT, n_ctx: POSITIONS, activation_function: "gelu_new" },
  // The published one has no prefix, and the mask among its weights.
  shapes: {
    ...gptEnds(""),
    ...layers(2, "h.", () => ({
      ...norm("ln_1"),
      ...norm("ln_2"),
      "attn.bias": [1, 1, 8, 8],
      ...withBias("attn.c_attn", [WIDTH, 3 * WIDTH], 3 * WIDTH),
      ...withBias("attn.c_proj", [WIDTH, WIDTH], WIDTH),
      ...withBias("mlp.c_fc", [WIDTH, FFN], FFN),
      ...withBias("mlp.c_proj", [FFN, WIDTH], WIDTH),
    })),
  },
  forward: (model, tokens) => gptForward(model, tokens, "", HEADS, conv1d),
};

const bigCode = (joined: number) => ({
  ...gptEnds("transformer."),
  ...layers(2, "transformer.h.", () => ({
    ...norm("ln_1"),
    ...norm("ln_2"),
    ...withBias("attn.c_attn", [joined, WIDTH]),
    ...withBias("attn.c_proj", [WIDTH, WIDTH]),
    ...withBias("mlp.c_fc", [FFN, WIDTH]),
    ...withBias("mlp.c_proj", [WIDTH, FFN]),
  })),
});

const starcoder: Family = {
  name: "starcoder (gpt_bigcode)",
  config: {
    architectures: ["GPTBigCodeForCausalLM"],
    ...GPT,
    activation_function: "gelu_pytorch_tanh",
    multi_query: true,
  },
  shapes: bigCode(WIDTH + 2 * HEAD),
  forward: (model, tokens) => gptForward(model, tokens, "transformer.", 1),
};

/** Its heads have their queries, keys and values together. */
const manyHeads: Family = {
  name: "gpt_bigcode without multi_query",
  config: { ...starcoder.config, multi_query: false },
  shapes: bigCode(3 * WIDTH),
  forward: (model, tokens) =>
    gptForward(model, tokens, "transformer.", HEADS, (own, x, name) => {
      const rows = through(own, x, name);
      return name.endsWith("c_attn") ? apart(rows, HEADS, 1) : rows;
    }),
};

/** Rows of groups of `each` queries, a key and a value: all queries first, then all keys, then all values. */
function apart(rows: Rows, groups: number, each: number): Rows {
  return rows.map((row) => {
    const sets = splitRow(row, (each + 2) * HEAD);
    if (sets.length !== groups) throw new Error(`${sets.length} groups`);
    const queries = sets.map((set) => set.slice(0, each * HEAD));
    const keys = sets.map((set) => set.slice(each * HEAD, (each + 1) * HEAD));
    return joinRow([...queries, ...keys, ...sets.map((set) => set.slice((each + 1) * HEAD))]);
  });
}

const GROUPS = 2;
const starcoder2: Family = {
  name: "starcoder2",
  config: {
    architectures: ["Starcoder2ForCausalLM"],
    hidden_size: WIDTH,
    intermediate_size: FFN,
    num_hidden_layers: 2,
    num_attention_heads: HEADS,
    num_key_value_heads: GROUPS,
    vocab_size: VOCAB,
    max_position_embeddings: 256,
    norm_epsilon: EPS,
    rope_theta: 100000,
    hidden_act: "gelu_pytorch_tanh",
    use_bias: true,
    sliding_window: 4096,
  },
  shapes: {
    "model.embed_tokens.weight": [VOCAB, WIDTH],
    ...norm("model.norm"),
    ...layers(2, "model.layers.", () => ({
      ...norm("input_layernorm"),
      ...norm("post_attention_layernorm"),
      ...withBias("self_attn.q_proj", [WIDTH, WIDTH]),
      ...withBias("self_attn.k_proj", [GROUPS * HEAD, WIDTH]),
      ...withBias("self_attn.v_proj", [GROUPS * HEAD, WIDTH]),
      ...withBias("self_attn.o_proj", [WIDTH, WIDTH]),
      ...withBias("mlp.c_fc", [FFN, WIDTH]),
      ...withBias("mlp.c_proj", [WIDTH, FFN]),
    })),
  },
  forward: (model, tokens) => {
    const rotation = { frequencies: frequencies(100000, HEAD) };
    let x = embed(model.get("model.embed_tokens.weight"), tokens);
    for (let layer = 0; layer < 2; layer++) {
      const part = `model.layers.${layer}.`;
      const rows = normed(model, x, `${part}input_layernorm`);
      const turned = (name: string) => rotate(through(model, rows, `${part}self_attn.${name}_proj`), HEAD, rotation);
      const seen = attend(turned("q"), turned("k"), through(model, rows, `${part}self_attn.v_proj`), { width: HEAD });
      x = add(x, through(model, seen, `${part}self_attn.o_proj`));
      const open = map(
        through(model, normed(model, x, `${part}post_attention_layernorm`), `${part}mlp.c_fc`),
        geluTanh,
      );
      x = add(x, through(model, open, `${part}mlp.c_proj`));
    }
    return linear(normed(model, x, "model.norm"), model.get("model.embed_tokens.weight"));
  },
};

/** `build_alibi_tensor`, for a number of heads that is a power of two and for one that is not. */
function slopes(heads: number): number[] {
  const power = 2 ** Math.floor(Math.log2(heads));
  const base = 2 ** -(2 ** -(Math.log2(power) - 3));
  const first = Array.from({ length: power }, (_, i) => base ** (i + 1));
  if (power === heads) return first;
  const between = 2 ** -(2 ** -(Math.log2(2 * power) - 3));
  return [...first, ...Array.from({ length: heads - power }, (_, i) => between ** (2 * i + 1))];
}

const bloom: Family = {
  name: "bloom",
  config: {
    architectures: ["BloomForCausalLM"],
    n_embed: WIDTH,
    n_head: HEADS,
    n_layer: 2,
    vocab_size: VOCAB,
    seq_length: 256,
    layer_norm_epsilon: EPS,
    apply_residual_connection_post_layernorm: false,
  },
  // The first ones, as published, have no prefix.
  shapes: {
    "word_embeddings.weight": [VOCAB, WIDTH],
    ...norm("word_embeddings_layernorm"),
    ...norm("ln_f"),
    ...layers(2, "h.", () => ({
      ...norm("input_layernorm"),
      ...norm("post_attention_layernorm"),
      ...withBias("self_attention.query_key_value", [3 * WIDTH, WIDTH]),
      ...withBias("self_attention.dense", [WIDTH, WIDTH]),
      ...withBias("mlp.dense_h_to_4h", [FFN, WIDTH]),
      ...withBias("mlp.dense_4h_to_h", [WIDTH, FFN]),
    })),
  },
  forward: (model, tokens) => {
    let x = normed(model, embed(model.get("word_embeddings.weight"), tokens), "word_embeddings_layernorm");
    for (let layer = 0; layer < 2; layer++) {
      const part = `h.${layer}.`;
      const rows = through(model, normed(model, x, `${part}input_layernorm`), `${part}self_attention.query_key_value`);
      const joined = apart(rows, HEADS, 1);
      const seen = attend(
        columns(joined, 0, WIDTH),
        columns(joined, WIDTH, 2 * WIDTH),
        columns(joined, 2 * WIDTH, 3 * WIDTH),
        {
          width: HEAD,
          slope: (head) => slopes(HEADS)[head] as number,
        },
      );
      x = add(x, through(model, seen, `${part}self_attention.dense`));
      const open = map(
        through(model, normed(model, x, `${part}post_attention_layernorm`), `${part}mlp.dense_h_to_4h`),
        geluTanh,
      );
      x = add(x, through(model, open, `${part}mlp.dense_4h_to_h`));
    }
    return linear(normed(model, x, "ln_f"), model.get("word_embeddings.weight"));
  },
};

const FALCON = {
  architectures: ["FalconForCausalLM"],
  hidden_size: WIDTH,
  num_attention_heads: HEADS,
  num_hidden_layers: 2,
  vocab_size: VOCAB,
  layer_norm_epsilon: EPS,
  alibi: false,
  bias: false,
  parallel_attn: true,
};
const falconShapes = (joined: number, norms: object) => ({
  "transformer.word_embeddings.weight": [VOCAB, WIDTH],
  "lm_head.weight": [VOCAB, WIDTH],
  ...norm("transformer.ln_f"),
  ...layers(2, "transformer.h.", () => ({
    ...norms,
    "self_attention.query_key_value.weight": [joined, WIDTH],
    "self_attention.dense.weight": [WIDTH, WIDTH],
    "mlp.dense_h_to_4h.weight": [FFN, WIDTH],
    "mlp.dense_4h_to_h.weight": [WIDTH, FFN],
  })),
});

function falconForward(model: Model, tokens: readonly number[], groups: number, before: string, beside: string): Rows {
  const rotation = { frequencies: frequencies(10000, HEAD) };
  let x = embed(model.get("transformer.word_embeddings.weight"), tokens);
  for (let layer = 0; layer < 2; layer++) {
    const part = `transformer.h.${layer}.`;
    const rows = through(model, normed(model, x, `${part}${before}`), `${part}self_attention.query_key_value`);
    const joined = apart(rows, groups, HEADS / groups);
    const end = WIDTH + groups * HEAD;
    const q = rotate(columns(joined, 0, WIDTH), HEAD, rotation);
    const k = rotate(columns(joined, WIDTH, end), HEAD, rotation);
    const seen = attend(q, k, columns(joined, end, end + groups * HEAD), { width: HEAD });
    const open = map(through(model, normed(model, x, `${part}${beside}`), `${part}mlp.dense_h_to_4h`), gelu);
    const fed = through(model, open, `${part}mlp.dense_4h_to_h`);
    x = add(add(x, through(model, seen, `${part}self_attention.dense`)), fed);
  }
  return linear(normed(model, x, "transformer.ln_f"), model.get("lm_head.weight"));
}

const falcons: readonly Family[] = [
  {
    name: "falcon 7B",
    config: { ...FALCON, multi_query: true, new_decoder_architecture: false },
    shapes: falconShapes(WIDTH + 2 * HEAD, norm("input_layernorm")),
    forward: (model, tokens) => falconForward(model, tokens, 1, "input_layernorm", "input_layernorm"),
  },
  {
    name: "falcon 40B",
    config: { ...FALCON, num_kv_heads: GROUPS, new_decoder_architecture: true },
    shapes: falconShapes(WIDTH + 2 * GROUPS * HEAD, { ...norm("ln_attn"), ...norm("ln_mlp") }),
    forward: (model, tokens) => falconForward(model, tokens, GROUPS, "ln_attn", "ln_mlp"),
  },
];

/** As first published: configuration_RW.py, which 7B (RefinedWebModel) and 40B (RefinedWeb) had in two forms. */
function firstForm(family: Family | undefined, own: object): Family {
  if (family === undefined) throw new Error("no family");
  const { num_attention_heads: _, num_hidden_layers: __, ...rest } = FALCON;
  const config = { ...rest, architectures: ["RWForCausalLM"], n_head: HEADS, n_layer: 2, ...own };
  return { ...family, name: `${family.name}, RWForCausalLM`, config };
}
const firstFalcons = [
  firstForm(falcons[0], { model_type: "RefinedWebModel", multi_query: true }),
  firstForm(falcons[1], { model_type: "RefinedWeb", n_head_kv: GROUPS }),
];

export const GPTS: readonly Family[] = [gpt2, starcoder, manyHeads, starcoder2, bloom, ...falcons, ...firstFalcons];
