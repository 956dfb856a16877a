// Where the bytes of a GGUF file come from: a disk, the Hub by range requests, or memory.
import type { Bytes } from "../model/types.js";

export interface ByteSource {
  /** Size of the whole file in bytes; every offset in a header is checked against it. */
  readonly size: Bytes;
  /** The bytes from `offset`, exactly `length` of them, fewer only where the file ends before. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes already in memory: an embedded model, a prefix, a test. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(Math.min(offset, bytes.length), offset + length),
  };
}
