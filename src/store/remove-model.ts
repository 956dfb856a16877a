// Takes one model's files out of the cache, and nothing that anybody else still uses.
import { readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Bytes, isCommitSha, type StoredFile } from "../model/types.js";
import { type Entry, pathsBelow, readEntries, readEntry } from "./entries.js";
import { hasLinkAbove, namesIn, peek, removeEmptyUp } from "./files.js";
import { RepoLayout } from "./layout.js";
import { clearLeftovers, removeLeftover } from "./leftovers.js";
import type { Prunable } from "./prunable.js";

export interface HubModel {
  readonly repo: string;
  readonly commit: string;
  readonly files: readonly Pick<StoredFile, "path">[];
}

/**
 * Removes the model's snapshot entries, the blobs that no other entry of the repository leads to, and folders that are
 * empty then. `inUse` says which entries other models need. Gives the bytes freed. The caller holds the lock.
 */
export async function removeModel(hubCache: string, model: HubModel, inUse: (path: string) => boolean): Promise<Bytes> {
  const layout = new RepoLayout(hubCache, model.repo);
  const gone: Entry[] = [];
  for (const { path } of model.files) {
    const place = layout.snapshotFile(model.commit, path);
    if (inUse(place) || (await hasLinkAbove(hubCache, place))) continue;
    const entry = await readEntry(layout, model.commit, path);
    if (entry !== undefined) gone.push(entry);
    // An entry that leads elsewhere goes too; what it leads to stays.
    await rm(place, { force: true });
    await removeEmptyUp(dirname(place), layout.snapshots);
  }
  const rest = await readEntries(layout);
  let freed = 0;
  for (const entry of gone) freed += await removeBytes(layout, entry, rest);
  await removeRefs(layout, model.commit);
  await removeIfBare(layout);
  return freed;
}

/** Removes the blob behind an entry that is gone, unless another entry leads to the same file. */
async function removeBytes(layout: RepoLayout, { place, at, stat }: Entry, rest: readonly Entry[]): Promise<Bytes> {
  if (rest.some((other) => other.stat.ino === stat.ino && other.stat.dev === stat.dev)) return 0;
  if (at !== place) return removeBlob(at, stat.size);
  // On disks without symbolic links the entry was the file; its blob is a hard link to it, or has moved here.
  for (const name of await namesIn(layout.blobs)) {
    const blob = await peek(join(layout.blobs, name));
    if (blob?.ino === stat.ino && blob.dev === stat.dev) return removeBlob(join(layout.blobs, name), stat.size);
  }
  return stat.nlink === 1 ? stat.size : 0;
}

async function removeBlob(path: string, size: Bytes): Promise<Bytes> {
  await clearLeftovers(path);
  const stat = await peek(path);
  if (!stat?.isFile()) return 0;
  await rm(path);
  // A hard link elsewhere keeps the bytes.
  return stat.nlink === 1 ? size : 0;
}

/** Removes blobs of these names to which no entry of the repository leads. Gives the bytes freed. The caller holds the lock. */
export async function removeUnnamed(layout: RepoLayout, names: readonly string[]): Promise<Bytes> {
  if (await hasLinkAbove(layout.hubCache, join(layout.blobs, "any"))) return 0;
  const entries = await readEntries(layout);
  let freed = 0;
  for (const name of names) {
    const path = join(layout.blobs, name);
    const stat = await peek(path);
    if (!stat?.isFile() || entries.some((entry) => entry.stat.ino === stat.ino && entry.stat.dev === stat.dev))
      continue;
    freed += await removeBlob(path, stat.size);
  }
  return freed;
}

/** Removes what interrupted downloads left in a repository. Gives the bytes freed. The caller holds the lock. */
export async function removeLeftovers(layout: RepoLayout, items: readonly Prunable[]): Promise<Bytes> {
  for (const { path } of items) await removeLeftover(path);
  await removeIfBare(layout);
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** A branch that points at a commit without files would make other tools believe the model is here. */
async function removeRefs(layout: RepoLayout, commit: string): Promise<void> {
  if (!isCommitSha(commit) || (await peek(join(layout.snapshots, commit))) !== undefined) return;
  for (const path of await pathsBelow(layout.refs)) {
    const ref = join(layout.refs, ...path.split("/"));
    const stat = await peek(ref);
    if (!stat?.isFile() || stat.size > 64 || (await readFile(ref, "utf8")).trim() !== commit) continue;
    await rm(ref);
    await removeEmptyUp(dirname(ref), layout.refs);
  }
}

/**
 * Without snapshots and blobs the repository goes as a whole. What an interrupted download left of another file stays,
 * to be resumed, and so does everything that is not known to be worthless.
 */
async function removeIfBare(layout: RepoLayout): Promise<void> {
  if ((await hasLinkAbove(layout.hubCache, layout.blobs)) || (await namesIn(layout.snapshots)).length > 0) return;
  if ((await namesIn(layout.blobs)).length > 0 || (await namesIn(layout.refs)).length > 0) return;
  // huggingface_hub's notes on files that do not exist, and its listings: nothing without files.
  for (const notes of [".no_exist", "trees"]) await rm(join(layout.root, notes), { recursive: true, force: true });
  for (const folder of [layout.blobs, layout.snapshots, layout.refs, layout.root]) {
    await rmdir(folder).catch(() => undefined);
  }
}
