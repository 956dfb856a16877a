// A file on its way into the store: written under a name of its own, and named only once it is proven right.
import { createHash, type Hash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OslmError } from "../errors.js";
import type { Bytes, RepoFile } from "../model/types.js";

/**
 * An open partial file. The name `<blob>.oslm-<id>.incomplete` is ours alone: older clients append to a plain
 * `<blob>.incomplete`. Whoever opens one holds the repository's lock.
 */
export class Partial {
  private constructor(
    readonly path: string,
    private readonly target: string,
    private readonly file: Pick<RepoFile, "path" | "size" | "sha256" | "gitOid">,
    private readonly handle: FileHandle,
    private hash: Hash,
    private length: Bytes,
  ) {}

  /** Opens what an earlier run left behind, with its bytes counted and hashed, or a new empty file. */
  static async open(target: string, file: Pick<RepoFile, "path" | "size" | "sha256" | "gitOid">): Promise<Partial> {
    await mkdir(dirname(target), { recursive: true });
    const path = (await leftover(target)) ?? `${target}.oslm-${randomBytes(4).toString("hex")}.incomplete`;
    const handle = await open(path, "a+", 0o644);
    const { size } = await handle.stat();
    const partial = new Partial(path, target, file, handle, newHash(file), size);
    if (size > file.size) await partial.restart();
    else if (size > 0) for await (const chunk of createReadStream(path)) partial.hash.update(chunk as Buffer);
    return partial;
  }

  /** Bytes written so far, without a gap from the beginning. */
  get received(): Bytes {
    return this.length;
  }

  /** @throws OslmError size-mismatch when more comes than the file has */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.length + chunk.length > this.file.size) {
      throw this.wrongSize(this.length + chunk.length);
    }
    this.hash.update(chunk);
    await writeAll(this.handle, chunk);
    this.length += chunk.length;
  }

  /** Forgets all bytes. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.hash = newHash(this.file);
    this.length = 0;
  }

  /**
   * Checks size and hash, makes the bytes durable, and only then gives the file its name.
   * @throws OslmError size-mismatch, checksum-mismatch; the partial file is still there then
   */
  async finish(): Promise<void> {
    if (this.length !== this.file.size) throw this.wrongSize(this.length);
    const expected = this.file.sha256 ?? this.file.gitOid;
    const actual = this.hash.digest("hex");
    if (actual !== expected) {
      throw new OslmError("checksum-mismatch", { file: this.file.path, expected, actual });
    }
    await this.handle.sync();
    await this.handle.close();
    await rename(this.path, this.target);
    await syncFolder(dirname(this.target));
  }

  /** Leaves the bytes for the next run. */
  async close(): Promise<void> {
    await this.handle.close();
  }

  async discard(): Promise<void> {
    await this.handle.close();
    await rm(this.path, { force: true });
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

/** What an earlier run left of this blob; the longest, should there be several. */
export async function leftover(target: string): Promise<string | undefined> {
  const folder = dirname(target);
  const names = await readdir(folder).catch(() => []);
  const ours = names.filter((name) => name.startsWith(`${basename(target)}.oslm-`) && name.endsWith(".incomplete"));
  const found = await Promise.all(
    ours.map(async (name) => ({ path: join(folder, name), size: (await stat(join(folder, name))).size })),
  );
  return found.sort((a, b) => b.size - a.size)[0]?.path;
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    written += (await handle.write(chunk, written, chunk.length - written)).bytesWritten;
  }
}

/** A rename is durable once its folder is; Windows cannot open folders, and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
