// The measures of a model, and the header that says them.
import type { WritableValue } from "./gguf-writer.js";
import { typed } from "./gguf-writer.js";

export interface ModelShape {
  readonly arch: string;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly head: number;
  readonly ffn: number;
  readonly vocab: number;
  /** Further keys of the architecture, or other values of those above. */
  readonly more?: Readonly<Record<string, WritableValue>>;
}

/** The metadata of a header of this shape. */
export function shape({ arch, layers, width, heads, kvHeads, head, ffn, vocab, more = {} }: ModelShape) {
  const own = {
    block_count: layers,
    context_length: 131072,
    embedding_length: width,
    feed_forward_length: ffn,
    vocab_size: vocab,
    "attention.head_count": heads,
    "attention.head_count_kv": kvHeads,
    "attention.key_length": head,
    "attention.value_length": head,
    "rope.dimension_count": head,
    "attention.layer_norm_rms_epsilon": typed("float32", 1e-5),
    ...more,
  };
  const prefixed = Object.fromEntries(Object.entries(own).map(([key, value]) => [`${arch}.${key}`, value]));
  return { "general.architecture": arch, ...prefixed };
}
