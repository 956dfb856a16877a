// Takes one model's files out of the cache, and nothing that anybody else still uses.
import { lstat, readdir, readFile, readlink, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { Bytes, StoredModel } from "../model/types.js";
import { RepoLayout } from "./layout.js";

/**
 * Removes the model's snapshot entries, the blobs that no other entry of the repository leads to, and folders that are
 * empty then. `inUse` says which entries other models need. Gives the bytes freed.
 */
export async function removeModel(
  hubCache: string,
  model: StoredModel,
  inUse: (path: string) => boolean,
): Promise<Bytes> {
  const layout = new RepoLayout(hubCache, model.repo);
  let freed = 0;
  for (const file of model.files) {
    const name = layout.snapshotFile(model.commit, file.path);
    if (inUse(name) || !isInside(layout.root, name)) continue;
    const blob = await linkTarget(name);
    const info = await lstat(name).catch(() => undefined);
    if (info?.isFile() && info.nlink === 1) freed += info.size;
    await rm(name, { force: true });
    await removeEmpty(dirname(name), layout.root);
    if (blob !== undefined && isInside(layout.blobs, blob)) freed += await removeBlob(layout, blob);
  }
  await removeStaleRefs(layout);
  await removeIfBare(layout);
  return freed;
}

function isInside(folder: string, path: string): boolean {
  return resolve(path).startsWith(resolve(folder) + sep);
}

/** Where a symlink leads; undefined for anything else. */
async function linkTarget(name: string): Promise<string | undefined> {
  const target = await readlink(name).catch(() => undefined);
  return target === undefined ? undefined : resolve(dirname(name), target);
}

async function removeBlob(layout: RepoLayout, blob: string): Promise<Bytes> {
  for (const entry of await walk(layout.snapshots)) if ((await linkTarget(entry)) === blob) return 0;
  const info = await lstat(blob).catch(() => undefined);
  if (!info?.isFile()) return 0;
  await rm(blob);
  // A hard link elsewhere keeps the bytes.
  return info.nlink === 1 ? info.size : 0;
}

/** All entries that are no folders. */
async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

/** Removes folders upwards while they are empty. */
async function removeEmpty(folder: string, root: string): Promise<void> {
  for (let path = folder; isInside(root, path); path = dirname(path)) {
    if (
      !(await rmdir(path)
        .then(() => true)
        .catch(() => false))
    )
      return;
  }
}

/** A branch that points at a commit without files would make other tools believe the model is here. */
async function removeStaleRefs(layout: RepoLayout): Promise<void> {
  for (const ref of await walk(layout.refs)) {
    const commit = (await readFile(ref, "utf8")).trim();
    const files = await walk(join(layout.snapshots, commit));
    if (files.length === 0) await rm(ref);
    if (files.length === 0) await removeEmpty(dirname(ref), layout.refs);
  }
}

/** Nothing but empty folders and leftovers of downloads: then the repository goes as a whole. */
async function removeIfBare(layout: RepoLayout): Promise<void> {
  const rest = [...(await walk(layout.snapshots)), ...(await walk(layout.blobs))];
  if (rest.every((path) => /\.oslm-[0-9a-f]+\.incomplete$/.test(path)))
    await rm(layout.root, { recursive: true, force: true });
}
