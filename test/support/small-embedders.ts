// Small models with random weights, whose vectors tell one text from another: one that writes, one that reads (BERT).
import { type GgufSpec, typed, type WritableTensor, type WritableValue, writeGguf } from "./gguf-writer.js";
import { random } from "./random.js";
import { runnable } from "./runnable.js";

const WIDTH = 64;
const FFN = 96;
const LAYERS = 2;
export const DIMENSIONS = WIDTH;
/** enum llama_pooling_type */
export const POOLING = { mean: 1, cls: 2, last: 3, rank: 4 } as const;

type Keys = Readonly<Record<string, WritableValue>>;

/** A small llama; with a pooling type it is one of the embedding models that were made of such. */
export function writer(keys: Keys = {}): Buffer {
  const spec = runnable("llama");
  return withWeights({ ...spec, metadata: { ...spec.metadata, ...keys } });
}

const WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ..."abcdefghij".split("").map((letter) => `\u2581${letter}`)];

/** An encoder for texts of the letters a to j. */
export function reader(keys: Keys = { "bert.pooling_type": POOLING.mean }): Buffer {
  const linear = (name: string, from: number, to: number): [string, number[]][] => [
    [`${name}.weight`, [from, to]],
    [`${name}.bias`, [to]],
  ];
  const norm = (name: string): [string, number[]][] => [
    [`${name}.weight`, [WIDTH]],
    [`${name}.bias`, [WIDTH]],
  ];
  const block = (layer: number): [string, number[]][] =>
    [
      ...["attn_q", "attn_k", "attn_v", "attn_output"].flatMap((name) => linear(name, WIDTH, WIDTH)),
      ...norm("attn_output_norm"),
      ...linear("ffn_up", WIDTH, FFN),
      ...linear("ffn_down", FFN, WIDTH),
      ...norm("layer_output_norm"),
    ].map(([name, dims]) => [`blk.${layer}.${name}`, dims]);
  const shapes: [string, number[]][] = [
    ["token_embd.weight", [WIDTH, WORDS.length]],
    ["position_embd.weight", [WIDTH, 512]],
    ["token_types.weight", [WIDTH, 2]],
    ...norm("token_embd_norm"),
    ...Array.from({ length: LAYERS }, (_, layer) => block(layer)).flat(),
  ];
  return withWeights({
    metadata: {
      "general.architecture": "bert",
      "general.name": "small reader",
      "bert.block_count": LAYERS,
      "bert.context_length": 512,
      "bert.embedding_length": WIDTH,
      "bert.feed_forward_length": FFN,
      "bert.attention.head_count": 4,
      "bert.attention.layer_norm_epsilon": 1e-5,
      "bert.attention.causal": false,
      "tokenizer.ggml.model": "bert",
      "tokenizer.ggml.tokens": WORDS,
      "tokenizer.ggml.token_type": typed(
        "int32",
        WORDS.map((word) => (word.startsWith("[") ? 3 : 1)),
      ),
      "tokenizer.ggml.token_type_count": 2,
      "tokenizer.ggml.bos_token_id": 2,
      "tokenizer.ggml.cls_token_id": 2,
      "tokenizer.ggml.seperator_token_id": 3,
      "tokenizer.ggml.padding_token_id": 0,
      "tokenizer.ggml.unknown_token_id": 1,
      ...keys,
    },
    tensors: shapes.map(([name, dims]) => ({ name, dims })),
  });
}

/** Norms near one, all else small. */
function withWeights(spec: GgufSpec): Buffer {
  const chance = random(7);
  const weigh = (tensor: WritableTensor): WritableTensor => {
    const size = tensor.dims.reduce<number>((product, dim) => product * Number(dim), 1);
    const isNorm = tensor.name.endsWith("norm.weight");
    const values = Float32Array.from({ length: size }, () => (isNorm ? 1 : 0) + (chance.next() - 0.5) * 0.4);
    return { ...tensor, data: new Uint8Array(values.buffer) };
  };
  return writeGguf({ ...spec, tensors: (spec.tensors ?? []).map(weigh) });
}
