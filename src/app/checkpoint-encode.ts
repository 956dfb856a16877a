// The converter's encoder for every type: of floats in this process, of blocks by the library's own functions in threads.
import { availableParallelism } from "node:os";
import { type Encode, isOwnType, plainEncoder } from "../convert/encode.js";
import { toFloats } from "../convert/floats.js";
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
  const plain = plainEncoder();
  let chunks: ChunkQuantizer | undefined;
  return {
    encode(type, piece) {
      if (isOwnType(type)) return plain(type, piece);
      chunks ??= openChunkQuantizer(quantizerLibrary().ggml, Math.min(MOST_THREADS, availableParallelism()));
      const { type: from, bytes, perRow, tensor: name } = piece;
      const stored = from === "F32" || from === "F16" || from === "BF16";
      const rows = stored ? { from, bytes } : { from: "F32" as const, bytes: bytesOf(toFloats(from, bytes)) };
      return chunks.quantize({ name, type, ...rows, perRow });
    },
    close: async () => chunks?.close(),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
