// The converter's encoder for every type: of floats in this process, of blocks by the library's own functions in threads.
import { availableParallelism } from "node:os";
import { type Encode, encodeFloats, isOwnType } from "../convert/encode.js";
import { type ChunkQuantizer, openChunkQuantizer } from "../quantize/chunk.js";
import { quantizerLibrary } from "./quantizer-library.js";

export interface Encoder {
  /** @throws OslmError no-quantizer, quantize-failed */
  readonly encode: Encode;
  close(): Promise<void>;
}

const MOST_THREADS = 16;

/** The library is opened with the first blocks that are wanted of it. */
export function openEncoder(): Encoder {
  let chunks: ChunkQuantizer | undefined;
  return {
    encode(type, weights, perRow, name) {
      if (isOwnType(type)) return encodeFloats(type, weights, perRow, name);
      chunks ??= openChunkQuantizer(quantizerLibrary().ggml, Math.min(MOST_THREADS, availableParallelism()));
      return chunks.quantize({ name, type, weights, perRow });
    },
    close: async () => chunks?.close(),
  };
}
