// Where the bytes of a model's weights lie: what stays in RAM and what each layer on the GPU takes along.
import type { Geometry } from "../gguf/geometry.js";
import type { GgufHeader, TensorInfo } from "../gguf/values.js";
import { bitsPerWeight } from "../model/quant.js";
import type { Bytes } from "../model/types.js";
import { isRepacked, mayRepack, type Processor } from "./repack.js";

export interface Weights {
  /** As in the files. */
  readonly total: Bytes;
  /** Token embeddings: always in RAM, and one row of them is read per token. */
  readonly input: Bytes;
  /** Output head with its norm; counts as one more layer when layers go to the GPU. */
  readonly output: Bytes;
  /** The head is the embeddings once more, so a GPU gets a copy of them beside those in RAM. */
  readonly tied: boolean;
  /** Each block of the file, first to last. */
  readonly layers: readonly Bytes[];
  /**
   * What is held once more on the processor: always, and besides when the file is mapped. Of the latter, what lies at either end of a file
   * is `released` once it is repacked: only the range from the first tensor that is used as it is to the last stays mapped
   * (llama_model_loader::load_all_data).
   */
  readonly copies: { readonly always: Bytes; readonly mapped: Bytes; readonly released: Bytes };
}

/** llama.cpp keeps heads, and embeddings that serve as one, at Q6_K in all smaller quantizations (llama-quant.cpp); 210 bytes hold 256. */
const HEAD_BITS = (210 * 8) / 256;

/** Exact, from the tensor lists of all files of one model. */
export function weightsOf(headers: readonly GgufHeader[], geometry: Geometry, processor: Processor): Weights {
  const layers = new Array<Bytes>(geometry.blocks).fill(0);
  let input = 0;
  let output = 0;
  let tied = true;
  let table: Bytes = 0;
  const tensors = headers.flatMap((header) => header.tensors);
  for (const tensor of tensors) {
    const { name, bytes } = tensor;
    // Rows of the table are looked up as they are; multiplied with it is only where it is the head too.
    if (name === "token_embd.weight") table = isRepacked(tensor, processor) ? bytes : 0;
    const block = /^blk\.(\d+)\./.exec(name)?.[1];
    if (block !== undefined && Number(block) < layers.length)
      layers[Number(block)] = (layers[Number(block)] ?? 0) + bytes;
    // per_layer_token_embd (Gemma 3n, 4) stays in RAM like token_embd.
    else if (LOOKED_UP.test(name)) input += bytes;
    else output += bytes;
    if (name === "output.weight") tied = false;
  }
  const total = layers.reduce((sum, bytes) => sum + bytes, input + output);
  const isCopied = (tensor: TensorInfo) => !LOOKED_UP.test(tensor.name) && isRepacked(tensor, processor);
  const copies = {
    always: tied ? table : 0,
    mapped: sizeOf(tensors.filter(isCopied)),
    released: headers.reduce((sum, header) => sum + sizeOf(atTheEnds(header.tensors, isCopied)), 0),
  };
  return { total, input, output: tied ? output + input : output, tied, layers, copies };
}

/** Tables of which rows are read, and nothing is multiplied with the whole. */
const LOOKED_UP = /token_embd|position_embd|token_types/;

function sizeOf(tensors: readonly TensorInfo[]): Bytes {
  return tensors.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Of a file's tensors, those before the first and after the last for which `is` does not hold. */
function atTheEnds(tensors: readonly TensorInfo[], is: (tensor: TensorInfo) => boolean): readonly TensorInfo[] {
  const kept = tensors.filter((tensor) => !is(tensor)).map(({ offset }) => offset);
  // The limits on a header allow more of them than a call may have arguments.
  const [first, last] = kept.reduce(([low, high], at) => [Math.min(low, at), Math.max(high, at)], [Infinity, 0]);
  return tensors.filter(({ offset }) => offset < first || offset > last);
}

/**
 * Before the download only the size of the files is known. The embeddings are taken at the file's average bits per weight (real files
 * store them at about that or more), and as untied when they are small: both put a little more on the GPU than will be there.
 * Whether the head is tied is not known either: where its type would be repacked (on ARM), the copy of a tied one is counted.
 */
export function guessWeights(
  geometry: Geometry,
  total: Bytes,
  {
    quant = "unknown",
    processor = "x64",
  }: { readonly quant?: string; readonly processor?: Processor | undefined } = {},
): Weights {
  const table = geometry.vocab * geometry.width;
  const parameters = Math.max(parameterCount(geometry), table);
  const input = Math.min(total / 2, Math.round((total * table) / Math.max(parameters, 1)));
  const output = input;
  const layer = Math.ceil(Math.max(0, total - 2 * input) / geometry.blocks);
  const layers = new Array<Bytes>(geometry.blocks).fill(layer);
  const repacks = mayRepack(quant, processor);
  const bits = Math.max(HEAD_BITS, bitsPerWeight(quant) ?? (total * 8) / Math.max(parameters, 1));
  const tiedHead = repacks && processor === "arm64" ? Math.min(total, Math.ceil((table * bits) / 8)) : 0;
  const copies = { always: tiedHead, mapped: repacks ? total - input : 0, released: 0 };
  return { total, input, output, tied: false, layers, copies };
}

/** Of all blocks, with an embedding table and a head of its own; norms and biases left out. */
export function parameterCount(geometry: Geometry): number {
  const { width, vocab, experts, blocks } = geometry;
  return 2 * vocab * width + attentionParameters(geometry) + blocks * 3 * width * feedForward(geometry, experts?.count);
}

/** Share of the weights that one token passes through: 1 for a dense model. */
export function activeShare(geometry: Geometry): number {
  const { experts, width, blocks } = geometry;
  if (experts === null) return 1;
  const all = parameterCount(geometry);
  const idle = blocks * 3 * width * experts.ffn * (experts.count - experts.used);
  return Math.max(experts.used / experts.count, (all - idle) / all);
}

function feedForward({ ffn, experts }: Geometry, count = 0): number {
  return experts === null ? ffn : experts.ffn * count;
}

function attentionParameters({ perLayer, heads, headDimK, headDimV, width }: Geometry): number {
  const query = width * heads * (headDimK + headDimV);
  return perLayer.reduce((sum, { keyValues, valueValues }) => sum + query + width * (keyValues + valueValues), 0);
}
