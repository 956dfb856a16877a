// Llama models of any size that cost no disk: every weight is a hole in the file, read as zero. The engine runs them.
import { closeSync, openSync, truncateSync, writeSync } from "node:fs";
import { type GgufSpec, type WritableTensor, writeGguf } from "./gguf-writer.js";
import { runnable } from "./runnable.js";

const WIDTH = 512;
const FFN = 1536;
const BLOCK = {
  "attn_norm.weight": [WIDTH],
  "ffn_norm.weight": [WIDTH],
  "attn_q.weight": [WIDTH, WIDTH],
  "attn_k.weight": [WIDTH, WIDTH / 2],
  "attn_v.weight": [WIDTH, WIDTH / 2],
  "attn_output.weight": [WIDTH, WIDTH],
  "ffn_gate.weight": [WIDTH, FFN],
  "ffn_up.weight": [WIDTH, FFN],
  "ffn_down.weight": [FFN, WIDTH],
};

/** In F32; each layer takes 12.6 MB. */
export function hollowLlama(layers: number): GgufSpec & { readonly tensors: readonly WritableTensor[] } {
  const { metadata, tensors } = runnable("llama");
  const vocabulary = tensors.find(({ name }) => name === "token_embd.weight")?.dims[1] ?? 0;
  return {
    metadata: {
      ...metadata,
      "llama.block_count": layers,
      "llama.embedding_length": WIDTH,
      "llama.feed_forward_length": FFN,
    },
    tensors: [
      { name: "token_embd.weight", dims: [WIDTH, vocabulary] },
      { name: "output_norm.weight", dims: [WIDTH] },
      ...Array.from({ length: layers }, (_, layer) =>
        Object.entries(BLOCK).map(([part, dims]) => ({ name: `blk.${layer}.${part}`, dims })),
      ).flat(),
    ],
  };
}

/** Writes it, and gives its size in bytes. */
export function writeHollow(path: string, spec: ReturnType<typeof hollowLlama>): number {
  const header = writeGguf({ ...spec, withData: false });
  const data = spec.tensors.reduce((sum, { dims }) => sum + dims.reduce<number>((all, dim) => all * Number(dim), 4), 0);
  const file = openSync(path, "w");
  writeSync(file, header);
  closeSync(file);
  truncateSync(path, header.length + data);
  return header.length + data;
}
