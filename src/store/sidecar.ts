// What is known of a partial file: which file it is the beginning of, and how much of it has reached the disk.
import { readFile, rm } from "node:fs/promises";
import type { Bytes, RepoFile } from "../model/types.js";
import { writeAtomic } from "./files.js";

export type PartialOf = Pick<RepoFile, "path" | "size" | "sha256" | "gitOid">;

/** `etag` is the storage host's, for people who look; nothing is decided by it. */
export async function writeSidecar(partial: string, file: PartialOf, done: Bytes, etag: string | null): Promise<void> {
  const { sha256 = null, gitOid, size } = file;
  await writeAtomic(sidecarOf(partial), `${JSON.stringify({ version: 1, sha256, gitOid, size, etag, done })}\n`);
}

/** Bytes that the sidecar vouches for; 0 when it is missing, broken or about another file. */
export async function readSidecar(partial: string, file: PartialOf): Promise<Bytes> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(sidecarOf(partial), "utf8"));
  } catch {
    return 0;
  }
  if (typeof value !== "object" || value === null) return 0;
  const { sha256, gitOid, size, done }: Readonly<Record<string, unknown>> = { ...value };
  const same = sha256 === (file.sha256 ?? null) && gitOid === file.gitOid && size === file.size;
  return same && typeof done === "number" && Number.isSafeInteger(done) && done > 0 && done <= file.size ? done : 0;
}

export async function removeSidecar(partial: string): Promise<void> {
  await rm(sidecarOf(partial), { force: true });
}

function sidecarOf(partial: string): string {
  return `${partial}.json`;
}
