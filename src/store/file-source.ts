// A local file as a byte source.
import { open, stat } from "node:fs/promises";
import { OslmError } from "../errors.js";
import type { ByteSource } from "../gguf/source.js";
import { noFile } from "./no-file.js";

/**
 * Opens anew for every read, so that nobody has to remember to close it: a header takes one to a few dozen reads.
 * Throws `file-not-found` when the path names no readable file.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const missing = (cause: unknown) => new OslmError("file-not-found", { path }, { cause });
  const info = await stat(path).catch((cause: unknown) => {
    throw missing(cause);
  });
  if (!info.isFile()) throw await noFile(path);
  return {
    size: info.size,
    async read(offset, length) {
      const file = await open(path, "r").catch((cause: unknown) => {
        throw missing(cause);
      });
      try {
        const wanted = Math.max(0, Math.min(length, info.size - offset));
        const bytes = new Uint8Array(wanted);
        let filled = 0;
        while (filled < wanted) {
          const { bytesRead } = await file.read(bytes, filled, wanted - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      } finally {
        await file.close();
      }
    },
  };
}
