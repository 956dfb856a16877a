// One oslm at a time works on a repository, and on the index. The locks lie in oslm's own state folder: huggingface_hub's
// (flock, in .locks of the cache) cannot be taken from Node; towards it, unique partial names and renames of verified
// files are enough.
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { lock } from "proper-lockfile";
import type { Milliseconds } from "../model/types.js";
import { errnoOf } from "./files.js";

/** A holder that died does not touch its lock any more; after this time it is taken over. */
const STALE_MS = 15_000;
const RETRY_MS = 250;

/** Ends the hold. Never throws: when the lock was taken over meanwhile (a laptop asleep), nothing is left to release. */
export type Release = () => Promise<void>;

/** The lock at `path`, or undefined while another process holds it. */
export async function tryLock(path: string, staleMs: Milliseconds = STALE_MS): Promise<Release | undefined> {
  await mkdir(dirname(path), { recursive: true });
  try {
    const release = await lock(path, { lockfilePath: path, realpath: false, stale: staleMs, onCompromised: () => {} });
    return () => release().catch(() => undefined);
  } catch (error) {
    if (errnoOf(error) === "ELOCKED") return undefined;
    throw error;
  }
}

/** Waits for as long as it takes. @throws the signal's reason when aborted */
export async function waitForLock(path: string, signal?: AbortSignal, staleMs?: Milliseconds): Promise<Release> {
  for (;;) {
    signal?.throwIfAborted();
    const release = await tryLock(path, staleMs);
    if (release) return release;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** Runs `work` while holding the lock at `path`. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const release = await waitForLock(path);
  try {
    return await work();
  } finally {
    await release();
  }
}
