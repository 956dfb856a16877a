// A GGUF file that is right in every field, of a model far too small to say anything.
import { type WritableValue, writeGguf } from "./gguf-writer.js";

export const TENSORS = [
  { name: "token_embd.weight", dims: [32, 4] },
  { name: "output_norm.weight", dims: [32] },
  { name: "blk.0.attn_norm.weight", dims: [32] },
];

/** @param change metadata to add or to put in place of the right values; `general.*` come first, as converters write them */
export function tinyGguf(change: Readonly<Record<string, WritableValue>> = {}, tensors = TENSORS): Buffer {
  const general = Object.entries(change).filter(([key]) => key.startsWith("general."));
  return writeGguf({
    metadata: {
      "general.architecture": "llama",
      "general.name": "tiny",
      ...Object.fromEntries(general),
      "llama.block_count": 1,
      "llama.context_length": 256,
      "llama.embedding_length": 32,
      "llama.feed_forward_length": 64,
      "llama.attention.head_count": 2,
      "llama.attention.layer_norm_rms_epsilon": 1e-5,
      "llama.vocab_size": 4,
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.tokens": ["a", "b", "c", "d"],
      ...change,
    },
    tensors,
  });
}
