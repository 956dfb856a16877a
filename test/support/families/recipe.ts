// A family's tensors and keys, as data.
import type { WritableValue } from "../gguf-writer.js";
import type { Tensors } from "./blocks.js";

/** `spm` for SentencePiece, `wordpiece` for BERT; otherwise byte pairs, split as `tokenizer.ggml.pre` says. */
export type Vocabulary = "spm" | "wordpiece" | `bpe:${string}`;

export interface Recipe {
  /** Of a layer. */
  readonly block: (layer: number) => Tensors;
  /** Outside of the layers, besides the embeddings and the last norm; null leaves one of those away. */
  readonly around?: Readonly<Record<string, readonly number[] | null>>;
  /** Without the architecture's name before them. */
  readonly keys?: Readonly<Record<string, WritableValue>>;
  readonly vocabulary: Vocabulary;
  /** Default 2. */
  readonly layers?: number;
  /** Whose context gives vectors, not words. */
  readonly embeds?: boolean;
}

/** A recipe whose layers are all alike. */
export const alike = (vocabulary: Vocabulary, ...blocks: readonly Tensors[]): Recipe => ({
  vocabulary,
  block: () => Object.assign({}, ...blocks) as Tensors,
});
