// The hash of a whole file, with news on the way: large ones take a while.
import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { OslmError } from "../errors.js";
import type { Bytes, KnownFile, Sha256 } from "../model/types.js";

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
  const hash = createHash("sha256");
  const stat = yield* readInto(hash, path, signal);
  return { sha256: hash.digest("hex") as Sha256, ...stat };
}

/** The hash by which the Hub knows such a file: of the content; for small ones as git names a blob. The same otherwise. */
export async function* hubHashWithProgress(
  path: string,
  { sha256, size }: KnownFile,
  signal?: AbortSignal,
): AsyncGenerator<Bytes, string> {
  const hash = sha256 === undefined ? createHash("sha1").update(`blob ${size}\0`) : createHash("sha256");
  yield* readInto(hash, path, signal);
  return hash.digest("hex");
}

/** The sha256 in one go. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<Sha256> {
  const hashing = hashWithProgress(path, signal);
  for (;;) {
    const step = await hashing.next();
    if (step.done) return step.value.sha256;
  }
}

async function* readInto(
  hash: Hash,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Bytes, Pick<HashedFile, "size" | "mtimeMs">> {
  const file = await open(path, "r");
  try {
    const before = await file.stat();
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
    return { size: before.size, mtimeMs: before.mtimeMs };
  } finally {
    await file.close();
  }
}
