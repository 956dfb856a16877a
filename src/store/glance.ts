// A glance at models that are only to be named to a person: one system call for each file, and no waiting.
import { type Dirent, existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StoredModel } from "../model/types.js";
import { blobPlace, repoRoot, snapshotPlace } from "./layout.js";

export interface Glanced {
  readonly models: StoredModel[];
  /** Folders of repositories that are links, and hide models. */
  readonly links: readonly string[];
}

/**
 * The models of which no file is missing. That a file is whole, or still has its name in the snapshot, it does not say: both
 * is seen, and mended, by whoever uses the model. Nothing may be opened by it.
 */
export function glance(hubCache: string, models: readonly StoredModel[]): Glanced {
  const linked = linksIn(hubCache);
  const hiding = new Set<string>();
  const seen = models.filter(({ repo, commit, path, files }) => {
    if (repo === null || commit === null) return files.every((file) => existsSync(join(dirname(path), file.path)));
    const root = repoRoot(hubCache, repo);
    if (linked.has(root)) {
      hiding.add(root);
      return false;
    }
    // Small files have other blobs, and disks without links have none.
    return files.every(
      (file) => existsSync(blobPlace(root, file.sha256)) || existsSync(snapshotPlace(root, commit, file.path)),
    );
  });
  return { models: seen, links: [...hiding] };
}

function linksIn(hubCache: string): ReadonlySet<string> {
  let entries: Dirent[] = [];
  try {
    entries = readdirSync(hubCache, { withFileTypes: true });
  } catch {
    // Nothing is here, or nothing can be seen.
  }
  return new Set(entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => join(hubCache, name)));
}
