// What is known of a partial file: which file it is the beginning of, and how much of it has reached the disk.
import { readFile, rm } from "node:fs/promises";
import { uptime } from "node:os";
import type { Bytes, RepoFile } from "../model/types.js";
import { writeAtomic } from "./files.js";

export type PartialOf = Pick<RepoFile, "path" | "size" | "sha256" | "gitOid">;

/** `etag` is the storage host's, for people who look; nothing is decided by it. */
export async function writeSidecar(partial: string, file: PartialOf, done: Bytes, etag: string | null): Promise<void> {
  const { sha256 = null, gitOid, size } = file;
  const bootedAt = bootTime();
  await writeAtomic(
    sidecarOf(partial),
    `${JSON.stringify({ version: 1, sha256, gitOid, size, etag, done, bootedAt })}\n`,
  );
}

/** Two readings of the same boot time differ by the clock's corrections; two boots are further apart. */
const SAME_BOOT_SECONDS = 60;

/** Seconds since 1970. A wrong guess costs a download that starts over, since the hash of the whole decides. */
function bootTime(): number {
  return Math.round(Date.now() / 1000 - uptime());
}

/**
 * Bytes of a partial file of `length` bytes that can be gone on with; 0 when the sidecar is missing, broken or about
 * another file. A killed process loses nothing of what it wrote, a machine that stopped all but what was flushed.
 */
export async function readSidecar(partial: string, file: PartialOf, length: Bytes): Promise<Bytes> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(sidecarOf(partial), "utf8"));
  } catch {
    return 0;
  }
  if (typeof value !== "object" || value === null) return 0;
  const { sha256, gitOid, size, done, bootedAt }: Readonly<Record<string, unknown>> = { ...value };
  if (sha256 !== (file.sha256 ?? null) || gitOid !== file.gitOid || size !== file.size || length > file.size) return 0;
  if (typeof done !== "number" || !Number.isSafeInteger(done) || done < 0) return 0;
  const sameBoot = typeof bootedAt === "number" && Math.abs(bootedAt - bootTime()) < SAME_BOOT_SECONDS;
  return sameBoot ? length : Math.min(done, length);
}

export async function removeSidecar(partial: string): Promise<void> {
  await rm(sidecarOf(partial), { force: true });
}

function sidecarOf(partial: string): string {
  return `${partial}.json`;
}
