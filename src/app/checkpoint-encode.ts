// The converter's encoder for every type: of floats in this process, of blocks by the library's own functions in threads.
import { availableParallelism } from "node:os";
import { type Encode, encodeFloats } from "../convert/encode.js";
import { openChunkQuantizer } from "../quantize/chunk.js";
import { quantizerLibrary } from "./quantizer-library.js";

export interface Encoder {
  readonly encode: Encode;
  close(): Promise<void>;
}

const FLOATS = new Set(["F32", "F16", "BF16"]);

/** @param name of the checkpoint, for messages @throws OslmError no-quantizer when a type of blocks is wanted */
export function openEncoder(name: string): Encoder {
  let chunks: ReturnType<typeof openChunkQuantizer> | undefined;
  return {
    encode(type, floats, perRow) {
      if (FLOATS.has(type)) return encodeFloats(type, floats, perRow);
      chunks ??= openChunkQuantizer(quantizerLibrary().ggml, Math.max(1, Math.min(16, availableParallelism())));
      return chunks.quantize({ name, type, weights: floats, perRow });
    },
    close: async () => chunks?.close(),
  };
}
