// Is a file of a repository here, whole?
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Bytes, KnownFile, RepoFile, Sha256 } from "../model/types.js";
import { peek } from "./files.js";
import { blobName } from "./layout.js";

interface HashOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes have been read: first 0, at last all. */
  readonly watch?: ((done: Bytes) => void) | undefined;
}

const READ_BYTES: Bytes = 1024 * 1024;

/**
 * True when the file at `path` is there itself (not a link) with the listed size and, unless oslm verified it before,
 * the right hash: other tools write this cache too, and not all of them check what they store.
 */
export async function hasBlob(
  path: string,
  file: RepoFile,
  trusted: boolean,
  { signal, watch }: HashOptions = {},
): Promise<boolean> {
  const info = await peek(path);
  if (!info?.isFile() || info.size !== file.size) return false;
  if (trusted) return true;
  // Small files, which git names, take no time.
  const watched = file.sha256 === undefined ? undefined : watch;
  return (await hashFile(path, newHash(file), { signal, watch: watched })) === blobName(file);
}

/** Of a whole file, read now. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<Sha256> {
  return (await hashFile(path, createHash("sha256"), { signal })) as Sha256;
}

/** Of the content for large files; as git names a blob for small ones, whose sha256 the Hub does not tell. */
function newHash(file: KnownFile): Hash {
  if (file.sha256 !== undefined) return createHash("sha256");
  return createHash("sha1").update(`blob ${file.size}\0`);
}

async function hashFile(path: string, hash: Hash, { signal, watch }: HashOptions): Promise<string> {
  let done = 0;
  watch?.(done);
  const counted = async function* (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      done += piece.length;
      watch?.(done);
      yield piece;
    }
  };
  try {
    await pipeline(createReadStream(path, { highWaterMark: READ_BYTES }), counted, hash, { signal });
  } catch (error) {
    // pipeline throws an AbortError of its own.
    signal?.throwIfAborted();
    throw error;
  }
  return hash.digest("hex");
}
