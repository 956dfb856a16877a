// A small model whose rows hold 256 weights, so that every type of llama.cpp applies to it; its weights are random, and the same each time.
import type { GgufSpec, WritableTensor } from "./gguf-writer.js";
import { random as seeded } from "./random.js";
import { runnable } from "./runnable.js";

const WIDTH = 256;
const FFN = 512;
const VOCAB = 260;

/** @param type of the matrices */
export function wideModel(
  type: "F32" | "F16" = "F32",
  layers = 2,
): GgufSpec & {
  readonly tensors: readonly WritableTensor[];
} {
  const { next } = seeded(1);
  const tensor = ([name, dims]: readonly [string, readonly number[]]): WritableTensor => {
    const matrix = dims.length > 1;
    const count = dims.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: count }, () => (matrix ? (next() - 0.5) / 8 : 0.5 + next()));
    if (!matrix || type === "F32") return { name, dims, data: new Uint8Array(values.buffer) };
    return { name, dims, type: 1, data: halves(values) };
  };
  const block = {
    "attn_norm.weight": [WIDTH],
    "attn_q.weight": [WIDTH, WIDTH],
    "attn_k.weight": [WIDTH, WIDTH / 2],
    "attn_v.weight": [WIDTH, WIDTH / 2],
    "attn_output.weight": [WIDTH, WIDTH],
    "ffn_norm.weight": [WIDTH],
    "ffn_gate.weight": [WIDTH, FFN],
    "ffn_up.weight": [WIDTH, FFN],
    "ffn_down.weight": [FFN, WIDTH],
  };
  const blocks = Array.from({ length: layers }, (_, layer) =>
    Object.entries(block).map(([name, dims]) => [`blk.${layer}.${name}`, dims] as const),
  );
  return {
    metadata: {
      ...runnable("llama").metadata,
      "general.name": "wide",
      "general.license": "mit",
      "llama.block_count": layers,
      "llama.embedding_length": WIDTH,
      "llama.feed_forward_length": FFN,
    },
    tensors: [
      ["token_embd.weight", [WIDTH, VOCAB]] as const,
      ["output_norm.weight", [WIDTH]] as const,
      ["output.weight", [WIDTH, VOCAB]] as const,
      ...blocks.flat(),
    ].map(tensor),
  };
}

/** Float32 to F16, towards zero; for values between 2^-14 and 1. */
function halves(values: Float32Array): Uint8Array {
  const words = new Uint32Array(values.buffer);
  const out = new Uint16Array(values.length);
  for (const [at, word] of words.entries()) {
    const exponent = ((word >>> 23) & 0xff) - 112;
    out[at] = ((word >>> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((word >>> 13) & 0x3ff));
  }
  return new Uint8Array(out.buffer);
}
