// One oslm at a time works on a repository, and on the index. The locks lie in oslm's own state folder: huggingface_hub's
// (flock, in .locks of the cache) cannot be taken from Node; towards it, unique partial names and renames of verified
// files are enough.
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../disk/make-folder.js";
import { fateOf, isNeighbor } from "../disk/running-process.js";
import type { Milliseconds } from "../model/types.js";
import { errnoOf, isAbsent } from "./files.js";
import { isCurrent, ownerPath, readOwner, writeOwner } from "./lock-owner.js";

/** A holder touches its lock. One that cannot be seen from here and does not for this time is taken to be dead. */
const STALE_MS = 15_000;
const TOUCH_MS = 5_000;
const RETRY_MS = 250;
/** The guard is held for a few system calls. */
const GUARD_STALE_MS = 5_000;

/** Ends the hold. Never throws: when the lock was taken over meanwhile (a laptop asleep), nothing is left to release. */
export type Release = () => Promise<void>;

/** `left`: the holder has died. */
export type LockState = "free" | "held" | "left";

/**
 * The lock at `path`, or undefined while another process holds it. That of a process which has died is taken over: at
 * once on the same machine, after `staleMs` without a sign of life where that cannot be seen.
 */
export async function tryLock(path: string, staleMs: Milliseconds = STALE_MS): Promise<Release | undefined> {
  await makeFolder(dirname(path));
  const release = await acquire(path);
  if (release !== undefined || !removeLeftLock(path, staleMs)) return release;
  return acquire(path);
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

/** The process that holds the lock; undefined when that is not known, or it runs elsewhere. */
export function holderOf(path: string): number | undefined {
  const owner = readOwner(path);
  return owner !== undefined && isCurrent(path, owner) && isNeighbor(owner) ? owner.pid : undefined;
}

/** What has become of the lock at `path`. */
export function lockState(path: string, staleMs: Milliseconds = STALE_MS): LockState {
  const stat = look(path);
  if (stat === undefined) return "free";
  const owner = readOwner(path);
  const fate = owner !== undefined && isCurrent(path, owner) ? fateOf(owner) : "unknown";
  // One that was asleep with the whole machine touches its lock late, and goes on with its work.
  if (fate !== "unknown") return fate === "gone" ? "left" : "held";
  return stat.mtimeMs < Date.now() - staleMs ? "left" : "held";
}

/**
 * Removes the lock of a holder that has died; true when it did. One process at a time does, and judges again when it is
 * its turn: what was the lock of the dead may by then be that of the living. Nothing waits in between: the shorter, the
 * better, and a guard that was left behind for once is told by its age.
 */
export function removeLeftLock(path: string, staleMs?: Milliseconds): boolean {
  if (lockState(path, staleMs) !== "left" || !enterGuard(path)) return false;
  try {
    if (lockState(path, staleMs) !== "left") return false;
    // The record first: what a new holder writes must not be removed.
    fs.rmSync(ownerPath(path), { force: true });
    fs.rmdirSync(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  } finally {
    fs.rmSync(guardPath(path), { recursive: true, force: true });
  }
}

function look(path: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const guardPath = (path: string): string => `${path}.guard`;

function enterGuard(path: string): boolean {
  const guard = guardPath(path);
  try {
    fs.mkdirSync(guard);
    return true;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    const stat = look(guard);
    if (stat !== undefined && stat.mtimeMs < Date.now() - GUARD_STALE_MS)
      fs.rmSync(guard, { recursive: true, force: true });
    return false;
  }
}

async function acquire(path: string): Promise<Release | undefined> {
  const id = randomBytes(8).toString("hex");
  try {
    // The library takes over by age alone, and two at once may both believe that they did: it is told never to.
    const options = { lockfilePath: path, realpath: false, stale: Number.POSITIVE_INFINITY, update: TOUCH_MS };
    // Slow to load, and commands that only read need none.
    const { lock } = await import("proper-lockfile");
    const release = await lock(path, { ...options, fs: removingOnly(path, id), onCompromised: () => {} });
    try {
      writeOwner(path, id);
    } catch {
      // A full disk: the lock is needed to make room on it. Without a record it is judged by its age.
      fs.rmSync(ownerPath(path), { force: true });
    }
    return () => release().catch(() => undefined);
  } catch (error) {
    if (errnoOf(error) === "ELOCKED") return undefined;
    throw error;
  }
}

/** The file system for the library: it removes the lock, when released or when the process ends, only while it is ours. */
function removingOnly(path: string, id: string): object {
  const remove = () => {
    const owner = readOwner(path);
    if (owner !== undefined && owner.id !== id) return;
    fs.rmSync(ownerPath(path), { force: true });
    fs.rmdirSync(path);
  };
  return {
    mkdir: fs.mkdir,
    stat: fs.stat,
    utimes: fs.utimes,
    rmdirSync: remove,
    rmdir: (_: string, done: (error: unknown) => void) => {
      try {
        remove();
        done(null);
      } catch (error) {
        done(error);
      }
    },
  };
}
