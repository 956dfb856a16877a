// Files that oslm writes on the way to something: parts of downloads, and what was to be renamed a moment later.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes, Milliseconds } from "../model/types.js";
import { commitsOf, pathsBelow } from "./entries.js";
import { hasLinkAbove, namesIn, peek } from "./files.js";
import { RepoLayout } from "./layout.js";
import { lockState } from "./lock.js";
import { reposIn } from "./scan-repo.js";

/** Renamed within moments; a large copy is touched by every write. What is older has been left behind. */
const LEFT_AFTER_MS: Milliseconds = 3_600_000;

/** A download that was interrupted. */
const PART = /\.oslm-[0-9a-f]{8}\.incomplete$/;
/** `writeAtomic`; the link of a snapshot; a copy into our own folder. */
const TEMPORARY = /\.[0-9a-f]{8}\.tmp$|\.oslm-[0-9a-f]{8}$|^\.incoming-[0-9a-f]{16}$/;

export interface Places {
  readonly hubCache: string;
  readonly data: string;
  readonly state: string;
  /** The lock under which a repository is downloaded. */
  readonly lockPath: (repo: string) => string;
}

export interface Parts {
  readonly count: number;
  /** What they take on the disk. */
  readonly bytes: Bytes;
}

/** The parts of downloads that were interrupted; those of a download in progress are left out. */
export async function interruptedParts(places: Places): Promise<Parts> {
  let count = 0;
  let bytes = 0;
  for (const folder of await downloadFolders(places)) {
    for (const name of await namesIn(folder)) {
      const stat = PART.test(name) ? await peek(join(folder, name)) : undefined;
      if (!stat?.isFile()) continue;
      count++;
      // They have holes. Windows counts no blocks.
      bytes += stat.blocks > 0 ? Math.min(stat.size, stat.blocks * 512) : stat.size;
    }
  }
  return { count, bytes };
}

/** Temporary files that no process can still be working on. */
export async function temporaryFiles(places: Places, now: Date): Promise<readonly string[]> {
  const { state, data, hubCache } = places;
  const found: string[] = [];
  const folders = [state, join(state, "sums"), data, ...(await downloadFolders(places))];
  for (const folder of folders) for (const name of await namesIn(folder)) found.push(join(folder, name));
  for (const repo of await reposIn(hubCache)) {
    const layout = new RepoLayout(hubCache, repo);
    if (await hasLinkAbove(hubCache, join(layout.snapshots, "any"))) continue;
    for (const commit of await commitsOf(layout)) {
      const root = join(layout.snapshots, commit);
      for (const path of await pathsBelow(root)) found.push(join(root, path));
    }
  }
  const left: string[] = [];
  for (const path of found) {
    if (!TEMPORARY.test(path.slice(path.search(/[^/\\]*$/)))) continue;
    const stat = await peek(path);
    const isFile = stat?.isFile() === true || stat?.isSymbolicLink() === true;
    if (isFile && stat.mtimeMs < now.getTime() - LEFT_AFTER_MS) left.push(path);
  }
  return left;
}

/** Removes them; a link is removed itself. */
export async function removeTemporary(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
}

/** Where parts may lie and nobody is at work. */
async function downloadFolders({ hubCache, data, lockPath }: Places): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const repo of await reposIn(hubCache)) {
    const { blobs } = new RepoLayout(hubCache, repo);
    if (lockState(lockPath(repo)) === "held" || (await hasLinkAbove(hubCache, join(blobs, "any")))) continue;
    folders.push(blobs);
  }
  for (const name of await namesIn(data)) {
    if (/^[0-9a-f]{16}$/.test(name) && lockState(lockPath(`web/${name}`)) !== "held") folders.push(join(data, name));
  }
  return folders;
}
