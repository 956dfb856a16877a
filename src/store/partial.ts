// A file on its way into the store: written under a name of its own, and named only once it is proven right.
import { createHash, type Hash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { OslmError } from "../errors.js";
import type { Bytes, RepoFile } from "../model/types.js";
import { ensureFolder, peek, syncFolder } from "./files.js";
import { leftovers, removeLeftover } from "./leftovers.js";
import { type PartialOf, removeSidecar, writeSidecar } from "./sidecar.js";

/** A power cut loses at most this much of a file; each checkpoint waits for the disk. */
const CHECKPOINT_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

/**
 * An open partial file. The name `<blob>.oslm-<id>.incomplete` is ours alone: older clients append to a plain
 * `<blob>.incomplete`. Whoever opens one holds the repository's lock; should the lock have been lost, the id sees to it
 * that a process which comes back to life cannot give its name to a file that another one continues.
 */
export class Partial {
  #etag: string | null = null;
  #sinceCheckpoint = 0;

  private constructor(
    readonly path: string,
    private readonly target: string,
    private readonly file: PartialOf,
    private readonly handle: FileHandle,
    private readonly checkpointBytes: Bytes,
    private hash: Hash,
    private length: Bytes,
  ) {}

  /** Takes over what an earlier run left behind, with its bytes counted and hashed, or starts a new empty file. */
  static async open(
    target: string,
    file: PartialOf,
    { signal, checkpointBytes = CHECKPOINT_BYTES }: { signal?: AbortSignal | undefined; checkpointBytes?: Bytes } = {},
  ): Promise<Partial> {
    // The cache itself is three above: hub/models--org--name/blobs/<blob>.
    await ensureFolder(dirname(dirname(dirname(target))), dirname(target));
    const path = `${target}.oslm-${randomBytes(4).toString("hex")}.incomplete`;
    const [best, ...rest] = await leftovers(target, file);
    for (const other of rest) await removeLeftover(other.path);
    const done = best?.done ?? 0;
    if (best !== undefined && done === 0) await removeLeftover(best.path);
    if (best !== undefined && done > 0) await rename(best.path, path);
    const handle = await open(path, done > 0 ? constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) : "wx+", 0o644);
    try {
      await handle.truncate(done);
      const hash = newHash(file);
      await handle.datasync();
      await writeSidecar(path, file, done, null);
      if (best !== undefined) await removeSidecar(best.path);
      await hashPrefix(handle, done, hash, signal);
      return new Partial(path, target, file, handle, checkpointBytes, hash, done);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Bytes written so far, without a gap from the beginning. */
  get received(): Bytes {
    return this.length;
  }

  /** `etag` is noted beside the bytes. @throws OslmError size-mismatch when more comes than the file has */
  async write(chunk: Uint8Array, etag: string | null = null): Promise<void> {
    if (this.length + chunk.length > this.file.size) throw this.wrongSize(this.length + chunk.length);
    // At its place, not at the end: a process that lost its lock could only write the same bytes to the same place.
    await writeAll(this.handle, chunk, this.length);
    this.hash.update(chunk);
    this.length += chunk.length;
    this.#etag = etag;
    this.#sinceCheckpoint += chunk.length;
    if (this.#sinceCheckpoint >= this.checkpointBytes) await this.#checkpoint();
  }

  /** Forgets all bytes. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.hash = newHash(this.file);
    this.length = 0;
    await this.#checkpoint();
  }

  /**
   * Checks size and hash, makes the bytes durable, and only then gives the file its name.
   * @throws OslmError size-mismatch, checksum-mismatch; the partial file is still there then
   */
  async finish(): Promise<void> {
    if (this.length !== this.file.size) throw this.wrongSize(this.length);
    const expected = this.file.sha256 ?? this.file.gitOid;
    const actual = this.hash.copy().digest("hex");
    if (actual !== expected) {
      throw new OslmError("checksum-mismatch", { file: this.file.path, expected, actual });
    }
    await this.handle.sync();
    const [open, named] = [await this.handle.stat(), await peek(this.path)];
    if (open.size !== this.file.size) throw this.wrongSize(open.size);
    // Another process has taken the file over; what it finishes is right, what this name leads to now is not ours.
    if (named?.ino !== open.ino) throw new Error(`${this.path} was taken over by another process`);
    await this.handle.close();
    await rename(this.path, this.target);
    await syncFolder(dirname(this.target));
    await removeSidecar(this.path);
  }

  /** Leaves the bytes for the next run. */
  async close(): Promise<void> {
    try {
      if (this.length > 0) await this.#checkpoint();
    } finally {
      await this.handle.close();
    }
    if (this.length === 0) await removeLeftover(this.path);
  }

  async discard(): Promise<void> {
    await this.handle.close();
    await removeLeftover(this.path);
  }

  async #checkpoint(): Promise<void> {
    await this.handle.datasync();
    // Taken over by another process, which writes the sidecar now.
    if ((await peek(this.path)) === undefined) return;
    await writeSidecar(this.path, this.file, this.length, this.#etag);
    this.#sinceCheckpoint = 0;
  }

  private wrongSize(actual: Bytes): OslmError<"size-mismatch"> {
    return new OslmError("size-mismatch", { file: this.file.path, expected: this.file.size, actual });
  }
}

/** Of the content for large files; as git names a blob for small ones, whose sha256 the Hub does not tell. */
export function newHash(file: Pick<RepoFile, "sha256" | "gitOid" | "size">): Hash {
  if (file.sha256 !== undefined) return createHash("sha256");
  return createHash("sha1").update(`blob ${file.size}\0`);
}

async function hashPrefix(handle: FileHandle, end: Bytes, hash: Hash, signal?: AbortSignal): Promise<void> {
  for (let at = 0; at < end; ) {
    signal?.throwIfAborted();
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, end - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) throw new Error("the file became shorter while it was read");
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: Bytes): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
}
