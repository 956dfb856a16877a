// A file of a repository with what the Hub knows of it: size, sha256, and git's sha1.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { FakeContent, FakeRepo } from "./types.js";

export interface FakeFile {
  readonly path: string;
  readonly content: FakeContent;
  readonly size: number;
  /** Git's sha1 of the entry: of the contents, or of the pointer when large. */
  readonly oid: string;
  /** For large files only. */
  readonly lfs?: { readonly sha256: string; readonly pointer: Buffer };
}

export async function prepareFile(path: string, content: FakeContent, isLarge: FakeRepo["lfs"]): Promise<FakeFile> {
  const size = await sizeOf(content);
  const large = isLarge?.(path) ?? (/\.(gguf|safetensors|bin)$/i.test(path) || size > 10_000);
  if (!large) return { path, content, size, oid: await hash("sha1", content, `blob ${size}\0`) };
  const sha256 = await hash("sha256", content, "");
  const pointer = Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`);
  return {
    path,
    content,
    size,
    oid: await hash("sha1", pointer, `blob ${pointer.length}\0`),
    lfs: { sha256, pointer },
  };
}

export async function sizeOf(content: FakeContent): Promise<number> {
  if ("head" in content) return content.size;
  return Buffer.isBuffer(content) ? content.length : (await stat(content.file)).size;
}

/** Large steps: a benchmark shall not measure this server. */
const STEP = 1024 * 1024;

/** The bytes from `start` up to and without `end`, in pieces. */
export async function* readContent(content: FakeContent, start: number, end: number): AsyncGenerator<Buffer, void> {
  if (end <= start) return;
  if (Buffer.isBuffer(content)) {
    for (let at = start; at < end; at += STEP) yield content.subarray(at, Math.min(at + STEP, end));
    return;
  }
  if ("head" in content) {
    const missing = Math.max(0, end - Math.max(start, content.head.length));
    yield* readContent(content.head, start, Math.min(end, content.head.length));
    for (let at = 0; at < missing; at += STEP) yield Buffer.alloc(Math.min(STEP, missing - at));
    return;
  }
  yield* createReadStream(content.file, { start, end: end - 1, highWaterMark: STEP });
}

async function hash(algorithm: "sha1" | "sha256", content: FakeContent, prefix: string): Promise<string> {
  const digest = createHash(algorithm).update(prefix);
  const size = "head" in content ? content.head.length : await sizeOf(content);
  for await (const piece of readContent(content, 0, size)) digest.update(piece);
  return digest.digest("hex");
}
