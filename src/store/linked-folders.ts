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

/** The repositories of this cache whose folder is a link. */
export async function linkedRepos(hubCache: string): Promise<readonly LinkedFolder[]> {
  const entries = await readdir(hubCache, { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isSymbolicLink() && entry.name.startsWith("models--"));
  return Promise.all(names.map(({ name }) => linkAt(join(hubCache, name))));
}

/** The folder of a repository that is a link, if one is. */
export async function linkedFolder({ root, blobs, snapshots, refs }: RepoLayout): Promise<LinkedFolder | undefined> {
  for (const path of [root, blobs, snapshots, refs]) {
    if ((await peek(path))?.isSymbolicLink()) return linkAt(path);
  }
  return undefined;
}

/** @throws OslmError linked-folder when a folder of the repository is a link */
export async function checkFolders(layout: RepoLayout): Promise<void> {
  const link = await linkedFolder(layout);
  if (link !== undefined) throw new OslmError("linked-folder", link);
}

export async function linkAt(path: string): Promise<LinkedFolder> {
  return { path, target: resolve(dirname(path), await readlink(path)) };
}
