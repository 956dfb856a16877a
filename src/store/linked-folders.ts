// Folders of the Hugging Face cache that are links: a person moved a repository to another disk. Nothing is followed out of
// the cache, since anybody may have planted such a link; but it is named, with the way back.
import { readdir, readlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { OslmError } from "../errors.js";
import { isAbsent, peek } from "./files.js";
import type { RepoLayout } from "./layout.js";

export interface LinkedFolder {
  readonly path: string;
  /** Where it leads, absolute; nothing need be there. */
  readonly target: string;
}

/** The repositories of this cache whose folder is a link, or holds one in the place of a folder; one link of each. */
export async function linkedRepos(hubCache: string): Promise<readonly LinkedFolder[]> {
  const names = await readdir(hubCache).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const found: LinkedFolder[] = [];
  for (const name of names.filter((one) => one.startsWith("models--"))) {
    const root = join(hubCache, name);
    const paths = ["", "blobs", "snapshots", "refs"].map((part) => join(root, part));
    const link = await firstLink(paths);
    if (link !== undefined) found.push(link);
  }
  return found;
}

/** The folder of a repository that is a link, if one is. */
export async function linkedFolder({ root, blobs, snapshots, refs }: RepoLayout): Promise<LinkedFolder | undefined> {
  return firstLink([root, blobs, snapshots, refs]);
}

async function firstLink(paths: readonly string[]): Promise<LinkedFolder | undefined> {
  for (const path of paths) {
    if ((await peek(path))?.isSymbolicLink()) return linkAt(path);
  }
  return undefined;
}

/** @throws OslmError linked-folder when a folder of the repository is a link */
export async function checkFolders(layout: RepoLayout): Promise<void> {
  const link = await linkedFolder(layout);
  if (link !== undefined) throw new OslmError("linked-folder", link);
}

async function linkAt(path: string): Promise<LinkedFolder> {
  return { path, target: resolve(dirname(path), await readlink(path)) };
}
