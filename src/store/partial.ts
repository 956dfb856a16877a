// A file on its way into the store: written in any order under a name of its own, and named only once it is proven right.
import { constants } from "node:fs";
import { copyFile, type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { OslmError } from "../errors.js";
import { addSpan, edgeOf, lengthOf, overlaps, type Spans } from "../model/spans.js";
import type { Bytes, KnownFile } from "../model/types.js";
import { ensureFolder, peek, syncFolder } from "./files.js";
import type { Digest, Following, Hasher } from "./hasher.js";
import { Journal, removeJournal } from "./journal.js";
import { clearLeftovers, leftovers, removeLeftover } from "./leftovers.js";
import { partialPath } from "./partial-name.js";

/** A power cut loses at most about this much of a file. */
const FLUSH_BYTES: Bytes = 64 * 1024 * 1024;

export interface PartialOptions {
  /** The folder that holds all folders between it and the target: none of them may be a link. */
  readonly root: string;
  readonly hasher: Hasher;
  readonly flushBytes?: Bytes | undefined;
}

/**
 * An open partial file. The name `<target>.oslm-<id>.incomplete` is ours alone: older clients append to a plain
 * `<blob>.incomplete`. Whoever opens one holds the lock of its folder; should the lock have been lost, the id sees to it
 * that a process which comes back to life cannot give its name to a file that another one continues.
 */
export class Partial {
  #unflushed = 0;
  #released = false;
  #flushing: Promise<void> | undefined;
  #spans: Spans;

  private constructor(
    readonly path: string,
    private readonly target: string,
    private readonly file: KnownFile,
    private readonly handle: FileHandle,
    private readonly journal: Journal,
    private readonly hash: Following,
    private readonly flushBytes: Bytes,
    /** What an earlier run had written. */
    readonly inherited: Spans,
  ) {
    this.#spans = inherited;
    hash.advance(edgeOf(inherited));
  }

  /** Takes over what an earlier run left behind, or starts a new empty file. */
  static async open(target: string, file: KnownFile, options: PartialOptions): Promise<Partial> {
    const { root, hasher, flushBytes = FLUSH_BYTES } = options;
    await ensureFolder(root, dirname(target));
    const path = partialPath(target);
    const [best] = await leftovers(target, file);
    const spans = best?.spans ?? [];
    const isNew = best === undefined || spans.length === 0;
    // The journal first: a partial file without one would be worth nothing.
    const journal = isNew ? undefined : await Journal.create(path, file, spans);
    if (!isNew) await rename(best.path, path);
    await clearLeftovers(target, path);
    const handle = await open(path, isNew ? "wx+" : constants.O_RDWR | (constants.O_NOFOLLOW ?? 0), 0o644);
    try {
      // A damaged file may have grown.
      if ((await handle.stat()).size > file.size) await handle.truncate(file.size);
      await handle.datasync();
      const noted = journal ?? (await Journal.create(path, file, spans));
      return new Partial(path, target, file, handle, noted, hasher.follow(path, file), flushBytes, spans);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The ranges that are here. */
  get spans(): Spans {
    return this.#spans;
  }

  get received(): Bytes {
    return lengthOf(this.#spans);
  }

  /** @throws OslmError size-mismatch for bytes beyond the end */
  async write(offset: Bytes, bytes: Buffer): Promise<void> {
    const end = offset + bytes.length;
    if (end > this.file.size) throw this.#wrongSize(end);
    await writeAll(this.handle, bytes, offset);
    const span = { start: offset, end };
    // Never trust a hash of bytes that were there before.
    if (overlaps(this.#spans, span)) this.hash.restart();
    this.journal.note(span);
    this.#spans = addSpan(this.#spans, span);
    this.hash.advance(edgeOf(this.#spans));
    this.#unflushed += end - offset;
    if (this.#unflushed >= this.flushBytes && this.#flushing === undefined) {
      // Beside the download: the next write waits for it only where the disk is that slow.
      this.#beginFlush();
    }
  }

  /** Puts other bytes in the place of those that are here; true when they differed. `digest` begins anew then. */
  async replace(offset: Bytes, bytes: Buffer): Promise<boolean> {
    const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(bytes.length), 0, bytes.length, offset);
    if (bytesRead === bytes.length && bytes.equals(buffer)) return false;
    await this.write(offset, bytes);
    return true;
  }

  /** Forgets all bytes; they stay on the disk until others take their place, since the hash may be reading them. */
  restart(): void {
    this.hash.restart();
    this.journal.forget();
    this.#spans = [];
  }

  /** Forgets all bytes but these. */
  keepOnly(good: Spans): void {
    this.restart();
    for (const span of good) this.journal.note(span);
    this.#spans = good;
  }

  /** Of the whole file, which goes to the disk meanwhile. @throws OslmError size-mismatch when bytes are missing */
  async digest(): Promise<Digest> {
    if (this.received !== this.file.size) throw this.#wrongSize(this.received);
    const flushing = this.#beginFlush();
    const digest = await this.hash.digest();
    await flushing;
    return digest;
  }

  /** Makes the bytes durable, then gives the file its name. The caller has compared the digest. */
  async finish(): Promise<void> {
    await this.handle.sync();
    const [opened, named] = [await this.handle.stat(), await peek(this.path)];
    if (opened.size !== this.file.size) throw this.#wrongSize(opened.size);
    // Another process has taken the file over; what it finishes is right, what this name leads to now is not ours.
    if (named?.ino !== opened.ino) {
      const reason = named === undefined ? "was removed before it was complete" : "was taken over by another process";
      throw new OslmError("disturbed", { file: this.file.path, path: this.path, reason });
    }
    await this.#release();
    await rename(this.path, this.target);
    await syncFolder(dirname(this.target));
    await removeJournal(this.path);
  }

  /** Leaves the bytes for the next run. */
  async close(): Promise<void> {
    // Complete, and could not be given its name.
    if (this.#released) return;
    try {
      if (this.#spans.length > 0) await this.#flush();
    } finally {
      await this.#release();
    }
    if (this.#spans.length === 0) await removeLeftover(this.path);
  }

  async discard(): Promise<void> {
    await this.#release();
    await removeLeftover(this.path);
  }

  #beginFlush(): Promise<void> {
    const flushing = this.#flush().finally(() => {
      if (this.#flushing === flushing) this.#flushing = undefined;
    });
    // Whoever closes or finishes the file meets the error again.
    flushing.catch(() => undefined);
    this.#flushing = flushing;
    return flushing;
  }

  async #flush(): Promise<void> {
    await this.#flushing;
    const mark = this.journal.mark();
    this.#unflushed = 0;
    await this.handle.datasync();
    await this.journal.flushed(mark);
  }

  async #release(): Promise<void> {
    this.#released = true;
    await this.#flushing?.catch(() => undefined);
    this.hash.close();
    this.journal.close();
    await this.handle.close();
  }

  #wrongSize(actual: Bytes): OslmError<"size-mismatch"> {
    return new OslmError("size-mismatch", { file: this.file.path, expected: this.file.size, actual });
  }
}

/**
 * Turns a damaged file, at `from` or in the very place of `target`, into a partial one of which only `good` is believed, so
 * that a download fetches the rest. A file that has other names too (a hard link of another program's) is copied: theirs stays as it is.
 */
export async function reopen(target: string, file: KnownFile, good: Spans, from = target): Promise<void> {
  const stat = await peek(from);
  if (!stat?.isFile()) return;
  const path = partialPath(target);
  (await Journal.create(path, file, good)).close();
  if (stat.nlink === 1) await rename(from, path);
  else await copyFile(from, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}

async function writeAll(handle: FileHandle, bytes: Buffer, offset: Bytes): Promise<void> {
  // A full disk may take a part of it, and refuses with the next call.
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, offset + at);
    at += bytesWritten;
  }
}
