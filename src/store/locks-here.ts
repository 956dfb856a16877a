// The locks that lie in oslm's state folder, and what has become of them.
import { basename, join } from "node:path";
import { namesIn } from "./files.js";
import { holderOf, type LockState, lockState } from "./lock.js";

export interface LockHere {
  readonly path: string;
  /** Of what it guards. */
  readonly name: string;
  readonly state: Exclude<LockState, "free">;
  /** The holder; null when it runs elsewhere, or is not known. */
  readonly pid: number | null;
}

/** Every lock that is held or was left behind. */
export async function locksHere(stateFolder: string): Promise<readonly LockHere[]> {
  const folders = [stateFolder, join(stateFolder, "locks")];
  const paths = await Promise.all(
    folders.map(async (folder) => (await namesIn(folder)).map((name) => join(folder, name))),
  );
  return paths.flat().flatMap((path) => {
    if (!path.endsWith(".lock")) return [];
    const state = lockState(path);
    return state === "free" ? [] : [{ path, name: basename(path, ".lock"), state, pid: holderOf(path) ?? null }];
  });
}
