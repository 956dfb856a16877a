// A file of which only the header is there.
import type { ByteSource } from "./source.js";
import type { WrittenHeader } from "./write-header.js";

/** The whole file, with zeros in place of its weights. */
export function hollowSource({ bytes, fileSize }: WrittenHeader): ByteSource {
  return {
    size: fileSize,
    read: async (offset, length) => {
      const part = bytes.subarray(offset, offset + length);
      if (part.length === length) return part;
      const padded = new Uint8Array(Math.max(0, Math.min(length, fileSize - offset)));
      padded.set(part);
      return padded;
    },
  };
}
