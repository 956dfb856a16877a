// Files that oslm writes on the way to something, and that nobody is working on: parts of downloads, and what was to be
// renamed a moment later. A look only: no lock is taken.
import { join } from "node:path";
import { filesBelow, hasLinkAbove, namesIn } from "./files.js";
import { lockState } from "./lock.js";
import { isOwnFolder } from "./own-files.js";
import { isOld, type Prunable, passingFiles } from "./prunable.js";
import { prunablePassing } from "./prune-own.js";
import { prunableResults, resultFolders } from "./result-folders.js";
import { reposIn } from "./scan-repo.js";
import type { Store } from "./store.js";

export interface PassingHere {
  /** Of interrupted downloads, to go on with. */
  readonly parts: readonly Prunable[];
  /** So old that no process can still be working on them. */
  readonly temporary: readonly Prunable[];
  /** In folders of the user's, of conversions and the like that were killed. */
  readonly unfinished: readonly Prunable[];
}

/** What was left behind; what belongs to a download in progress is left out. */
export async function passingHere(store: Store, now: Date): Promise<PassingHere> {
  const { hubCache, data, state } = store;
  const found = [...(await prunablePassing(data, state, { all: false, now }))];
  for (const repo of await reposIn(hubCache)) {
    const { root } = store.layout(repo);
    if (isBusy(store.lockPath(repo)) || (await hasLinkAbove(hubCache, join(root, "any")))) continue;
    found.push(...(await passingFiles(await filesBelow(root))));
  }
  for (const name of await namesIn(data)) {
    if (!isOwnFolder(name) || isBusy(store.ownLockPath(name))) continue;
    found.push(...(await passingFiles(await filesBelow(join(data, name)))));
  }
  const unfinished = await Promise.all((await resultFolders(state)).map(prunableResults));
  const parts = found.filter(({ kind }) => kind === "partial");
  const old = await Promise.all(found.map(({ path }) => isOld(path, now)));
  const temporary = found.filter(({ kind }, at) => kind === "temporary" && old[at]);
  return { parts, temporary, unfinished: unfinished.flat() };
}

function isBusy(lock: string): boolean {
  return lockState(lock) === "held";
}
