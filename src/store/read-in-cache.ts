// A small text of a repository that another program has put into the Hugging Face cache.
import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { CAREFUL } from "../disk/careful.js";
import type { Bytes } from "../model/types.js";
import type { RepoLayout } from "./layout.js";

/** UTF-8. Undefined when it is not there, is longer, or is a link that leads out of the repository's folder. */
export async function readInCache(
  layout: RepoLayout,
  { commit, path }: { readonly commit: string; readonly path: string },
  maxBytes: Bytes,
): Promise<string | undefined> {
  try {
    const [cache, real] = await Promise.all([realpath(layout.hubCache), realpath(layout.snapshotFile(commit, path))]);
    const root = layout.root.slice(layout.hubCache.length).split(sep).filter(Boolean);
    if (!real.startsWith(join(cache, ...root) + sep)) return undefined;
    const file = await open(real, CAREFUL);
    try {
      const info = await file.stat();
      return info.isFile() && info.size <= maxBytes ? await file.readFile("utf8") : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
