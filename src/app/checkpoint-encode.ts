// The converter's encoder for every type: of floats in this process, of blocks by the library's own functions in threads.
import { availableParallelism } from "node:os";
import { type Encode, encodeFloats, OWN_TYPES } from "../convert/encode.js";
import { openChunkQuantizer } from "../quantize/chunk.js";
import { quantizerLibrary } from "./quantizer-library.js";

export interface Encoder {
  readonly encode: Encode;
  close(): Promise<void>;
}

/** @throws OslmError no-quantizer when a type of blocks is wanted */
export function openEncoder(): Encoder {
  let chunks: ReturnType<typeof openChunkQuantizer> | undefined;
  return {
    encode(type, floats, perRow, name) {
      if (OWN_TYPES.some((own) => own === type)) return encodeFloats(type, floats, perRow, name);
      chunks ??= openChunkQuantizer(quantizerLibrary().ggml, Math.max(1, Math.min(16, availableParallelism())));
      return chunks.quantize({ name, type, weights: floats, perRow });
    },
    close: async () => chunks?.close(),
  };
}
