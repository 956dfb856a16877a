// A quick look at models of the Hugging Face cache. Lists hold thousands of them: few system calls, and no waiting.
import { lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { basename } from "node:path";
import type { StoredModel } from "../model/types.js";
import type { RepoLayout } from "./layout.js";

const QUIET = { throwIfNoEntry: false } as const;

export type QuickLook = (layout: RepoLayout, model: StoredModel) => boolean;

/**
 * A look that is true when every file's name leads to the very blob of its hash, which has its size and lies in a real
 * folder of the cache. False says nothing: disks without links, small files and all that is odd need the long look of
 * `readEntry`. It holds for this moment: the repositories are read once, here.
 */
export function quickLook(hubCache: string): QuickLook {
  const repos = realFolders(hubCache);
  return (layout, { commit, files }) => {
    if (commit === null || !repos.has(basename(layout.root))) return false;
    try {
      if (!lstatSync(layout.blobs, QUIET)?.isDirectory()) return false;
      return files.every(({ path, size, sha256 }) => {
        const blob = lstatSync(layout.blob({ sha256, gitOid: "" }), QUIET);
        if (blob?.size !== size || !blob.isFile()) return false;
        return isSame(statSync(layout.snapshotFile(commit, path), QUIET), blob);
      });
    } catch {
      return false;
    }
  };
}

function realFolders(hubCache: string): ReadonlySet<string> {
  try {
    const entries = readdirSync(hubCache, { withFileTypes: true });
    return new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  } catch {
    return new Set();
  }
}

/** Whatever way it goes, it ends at this file. */
function isSame(a: Stats | undefined, b: Stats): boolean {
  return a !== undefined && a.ino === b.ino && a.dev === b.dev;
}
