// Reads the snapshots of a repository, following no link but those to its own blobs.
import type { Stats } from "node:fs";
import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { unsafePathReason } from "../model/safe-path.js";
import { type CommitSha, isCommitSha } from "../model/types.js";
import { hasLinkAbove, namesIn, peek } from "./files.js";
import { blobOfLink, type RepoLayout } from "./layout.js";

/** A file of a snapshot whose bytes are here. */
export interface Entry {
  /** Inside the repository, with forward slashes. */
  readonly path: string;
  /** Its name in the snapshot. */
  readonly place: string;
  /** Where the bytes are: the blob, or `place` itself on disks without symbolic links. */
  readonly at: string;
  /** Of `at`. */
  readonly stat: Stats;
}

/** One entry; undefined when it or its bytes are missing, or it leads elsewhere. @throws OslmError unsafe-name */
export async function readEntry(layout: RepoLayout, commit: string, path: string): Promise<Entry | undefined> {
  const place = layout.snapshotFile(commit, path);
  if (await hasLinkAbove(layout.hubCache, place)) return undefined;
  const stat = await peek(place);
  if (stat?.isFile()) return { path, place, at: place, stat };
  if (!stat?.isSymbolicLink()) return undefined;
  const blob = blobOfLink(path, await readlink(place));
  if (blob === undefined) return undefined;
  const at = join(layout.blobs, blob);
  if (await hasLinkAbove(layout.hubCache, at)) return undefined;
  const target = await peek(at);
  return target?.isFile() ? { path, place, at, stat: target } : undefined;
}

/** All entries of all snapshots. */
export async function readEntries(layout: RepoLayout): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const commit of await commitsOf(layout)) {
    for (const path of await pathsBelow(join(layout.snapshots, commit))) {
      const entry = await readEntry(layout, commit, path);
      if (entry !== undefined) entries.push(entry);
    }
  }
  return entries;
}

/** The commits that have a snapshot folder. */
export async function commitsOf(layout: RepoLayout): Promise<readonly CommitSha[]> {
  return (await namesIn(layout.snapshots)).filter(isCommitSha);
}

/** Everything below a real folder that is no folder, as paths with forward slashes; unsafe names are left out. */
export async function pathsBelow(root: string, folder = ""): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const name of await namesIn(join(root, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (unsafePathReason(path) !== undefined) continue;
    if ((await peek(join(root, path)))?.isDirectory()) paths.push(...(await pathsBelow(root, path)));
    else paths.push(path);
  }
  return paths;
}
