// The locks in oslm's state folder and in the cache, and what has become of them.
import { basename, join } from "node:path";
import { namesIn } from "./files.js";
import { holderOf, type LockState, lockState } from "./lock.js";
import { cacheLocks, type Store } from "./store.js";

export interface LockHere {
  readonly path: string;
  /** Of what it guards. */
  readonly name: string;
  readonly state: Exclude<LockState, "free">;
  /** The holder; null when it runs elsewhere, or is not known. */
  readonly pid: number | null;
}

/** Every lock that is held or was left behind. */
export async function locksHere({ state, hubCache }: Pick<Store, "state" | "hubCache">): Promise<readonly LockHere[]> {
  const folders = [state, join(state, "locks"), cacheLocks(hubCache)];
  const paths = await Promise.all(
    folders.map(async (folder) => (await namesIn(folder)).map((name) => join(folder, name))),
  );
  return paths.flat().flatMap((path) => {
    if (!path.endsWith(".lock")) return [];
    const now = lockState(path);
    return now === "free" ? [] : [{ path, name: basename(path, ".lock"), state: now, pid: holderOf(path) ?? null }];
  });
}
