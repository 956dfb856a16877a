// Finds what the disk holds for nothing, and removes it. Whatever a live process works on is left alone.
import { rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { StoredModel } from "../model/types.js";
import { filesBelow, hasLinkAbove, namesIn, removeEmptyUp } from "./files.js";
import { removeLeftover } from "./leftovers.js";
import { tryLock } from "./lock.js";
import { isOwnFolder } from "./own-files.js";
import type { Prunable, PruneRules } from "./prunable.js";
import { prunableInOwn, prunablePassing, prunableSums } from "./prune-own.js";
import { prunableInRepo } from "./prune-repo.js";
import { prunableResults, resultFolders } from "./result-folders.js";
import { reposIn } from "./scan-repo.js";
import type { Store } from "./store.js";

export interface PrunePlan {
  readonly items: readonly Prunable[];
  /** What another process holds: repositories, and folders of oslm's own. */
  readonly busy: readonly string[];
}

/** A part of the disk under one lock; without a lock only old files of oslm's own are looked at. */
interface Place {
  readonly name: string;
  readonly lock?: string;
  find(): Promise<readonly Prunable[]>;
}

/** What could go now. Nothing is changed. */
export async function findPrunable(store: Store, rules: PruneRules): Promise<PrunePlan> {
  return visit(store, rules, async (items) => items);
}

/** Removes these items, as far as they may still go; gives what went. */
export async function removePrunable(store: Store, rules: PruneRules, chosen: readonly Prunable[]): Promise<PrunePlan> {
  const paths = new Set(chosen.map(({ path }) => path));
  return visit(store, rules, async (items) => {
    const gone = items.filter(({ path }) => paths.has(path));
    for (const one of gone) await removeItem(one);
    return gone;
  });
}

async function visit(
  store: Store,
  rules: PruneRules,
  work: (items: readonly Prunable[]) => Promise<readonly Prunable[]>,
): Promise<PrunePlan> {
  const items: Prunable[] = [];
  const busy: string[] = [];
  for (const place of await placesOf(store, rules)) {
    // Most places hold nothing: no lock is taken for them.
    if ((await place.find()).length === 0) continue;
    const release = place.lock === undefined ? async () => undefined : await tryLock(place.lock);
    if (release === undefined) {
      busy.push(place.name);
      continue;
    }
    try {
      items.push(...(await work(await place.find())));
    } finally {
      await release();
    }
  }
  return { items, busy };
}

async function placesOf(store: Store, rules: PruneRules): Promise<readonly Place[]> {
  const { hubCache, data, state } = store;
  const recorded = await store.recorded();
  const repos = await reposIn(hubCache);
  const own = (await namesIn(data)).filter(isOwnFolder);
  return [
    ...repos.map((repo) => ({
      name: repo,
      lock: store.lockPath(repo),
      find: () => prunableInRepo(store.layout(repo), recorded, rules),
    })),
    ...own.map((name) => ({
      name,
      lock: store.ownLockPath(name),
      find: () => prunableInOwn(join(data, name), recorded, rules),
    })),
    { name: data, find: () => prunablePassing(data, state, rules) },
    ...(await resultFolders(state)).map((folder) => ({ name: folder, find: () => prunableResults(folder) })),
    {
      name: store.sumsFolder,
      find: async () => {
        const stored = await storedHashes(store, recorded);
        return prunableSums(store.sumsFolder, (sha256) => stored.has(sha256), rules);
      },
    },
  ];
}

/** Of recorded files, and of what lies under its hash: a pull keeps the sums of each part before it records the model. */
async function storedHashes(store: Store, recorded: readonly StoredModel[]): Promise<ReadonlySet<string>> {
  const hashes = new Set<string>(recorded.flatMap(({ files }) => files.map(({ sha256 }) => sha256)));
  for (const repo of await reposIn(store.hubCache)) {
    const { blobs } = store.layout(repo);
    if (await hasLinkAbove(store.hubCache, join(blobs, "any"))) continue;
    for (const name of await namesIn(blobs)) hashes.add(name.slice(0, 64));
  }
  for (const path of await filesBelow(store.data)) hashes.add(basename(path).slice(0, 64));
  return hashes;
}

async function removeItem({ kind, path }: Prunable): Promise<void> {
  if (kind === "partial") return removeLeftover(path);
  if (kind === "folder") return removeFolders(path);
  await rm(path, { force: true, recursive: kind === "snapshot" });
  if (kind === "unrecorded") await removeEmptyUp(dirname(path), dirname(dirname(path)));
}

/** Folders only: a file that has come meanwhile stops it. */
async function removeFolders(root: string): Promise<void> {
  for (const name of await namesIn(root)) await removeFolders(join(root, name));
  await rmdir(root).catch(() => undefined);
}
