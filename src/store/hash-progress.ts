// The sha256 of a file, with news on the way: large ones take a while.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { OslmError } from "../errors.js";
import type { Bytes, Sha256 } from "../model/types.js";

const READ_BYTES: Bytes = 4 * 1024 * 1024;

export interface HashedFile {
  readonly sha256: Sha256;
  readonly size: Bytes;
  /** When the file was last written, in milliseconds since 1970. */
  readonly mtimeMs: number;
}

/**
 * Yields the bytes read so far. @throws OslmError file-changed when the file changes meanwhile, and the signal's reason
 */
export async function* hashWithProgress(path: string, signal?: AbortSignal): AsyncGenerator<Bytes, HashedFile> {
  const file = await open(path, "r");
  try {
    const before = await file.stat();
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    let done = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, buffer.length, done);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      done += bytesRead;
      yield done;
    }
    const after = await file.stat();
    if (done !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
      throw new OslmError("file-changed", { name: basename(path), path, reason: "was written to while it was read" });
    }
    return { sha256: hash.digest("hex") as Sha256, size: before.size, mtimeMs: before.mtimeMs };
  } finally {
    await file.close();
  }
}
