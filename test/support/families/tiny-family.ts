// A model of any architecture that the catalog names: every tensor in its place, random weights, some 300 KB.
import { type GgufSpec, typed, type WritableTensor, type WritableValue, writeGguf } from "../gguf-writer.js";
import { random } from "../random.js";
import { CONTEXT, FFN, HEAD, HEADS, KV_HEADS, VOCABULARY, WIDTH } from "./blocks.js";
import { dense } from "./dense.js";
import { encoders } from "./encoders.js";
import { mixtures } from "./mixtures.js";
import type { Recipe } from "./recipe.js";
import { recurrent } from "./recurrent.js";
import { tinyVocabulary } from "./vocabularies.js";
import { windowed } from "./windowed.js";

/** By `general.architecture`. */
export const FAMILIES: Readonly<Record<string, Recipe>> = {
  ...dense,
  ...windowed,
  ...mixtures,
  ...recurrent,
  ...encoders,
};

export interface TinyOptions {
  /** Further metadata, or other values. */
  readonly metadata?: Readonly<Record<string, WritableValue>>;
  /** Control tokens of the vocabulary. */
  readonly marks?: readonly string[];
}

/** The bytes of the file. @throws RangeError for an architecture without a recipe */
export function tinyFamily(arch: string, { metadata, marks = [] }: TinyOptions = {}): Buffer {
  const recipe = FAMILIES[arch];
  if (recipe === undefined) throw new RangeError(`no recipe for ${arch}`);
  const { layers = 2 } = recipe;
  const spec: GgufSpec = {
    metadata: {
      "general.architecture": arch,
      // No family's name: llama.cpp mends the vocabularies of some by it.
      "general.name": "tiny",
      ...keysOf(arch, recipe, layers),
      ...tinyVocabulary(recipe.vocabulary, marks),
      ...metadata,
    },
    tensors: withWeights(tensorsOf(recipe, layers)),
  };
  return writeGguf(spec);
}

function keysOf(arch: string, { keys }: Recipe, layers: number): Record<string, WritableValue> {
  const all = {
    block_count: layers,
    context_length: CONTEXT,
    embedding_length: WIDTH,
    feed_forward_length: FFN,
    vocab_size: VOCABULARY,
    "attention.head_count": HEADS,
    "attention.head_count_kv": KV_HEADS,
    "attention.key_length": HEAD,
    "attention.value_length": HEAD,
    "rope.dimension_count": HEAD,
    "attention.layer_norm_epsilon": typed("float32", 1e-5),
    "attention.layer_norm_rms_epsilon": typed("float32", 1e-5),
    ...keys,
  };
  // A slash before it: a key without the architecture's name.
  const nameOf = (key: string) => (key.startsWith("/") ? key.slice(1) : `${arch}.${key}`);
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [nameOf(key), value]));
}

function tensorsOf({ block, around }: Recipe, layers: number): WritableTensor[] {
  const table = [WIDTH, VOCABULARY];
  const outside = { "token_embd.weight": table, "output_norm.weight": [WIDTH], "output.weight": table, ...around };
  return [
    ...Object.entries(outside).flatMap(([name, dims]) => (dims === null ? [] : [{ name, dims }])),
    ...Array.from({ length: layers }, (_, layer) =>
      Object.entries(block(layer)).map(([name, dims]) => ({ name: `blk.${layer}.${name}`, dims })),
    ).flat(),
  ];
}

/** Norms near one, decays below zero, all else small. */
function withWeights(tensors: readonly WritableTensor[]): WritableTensor[] {
  const chance = random(11);
  return tensors.map((tensor) => {
    const size = tensor.dims.reduce<number>((product, dim) => product * Number(dim), 1);
    const middle = /norm(\.weight)?$|rope_freqs/.test(tensor.name) ? 1 : tensor.name.endsWith("ssm_a") ? -1 : 0;
    const values = Float32Array.from({ length: size }, () => middle + (chance.next() - 0.5) * 0.4);
    return { ...tensor, data: new Uint8Array(values.buffer) };
  });
}
