// A verified file of another program becomes a file of the store, without being moved or pointed at.
import { link, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Bytes } from "../model/types.js";
import { copyCheaply } from "./copy-cheaply.js";
import { ensureFolder, peek, syncFolder } from "./files.js";
import type { HashedFile } from "./hash-file.js";
import { clearLeftovers } from "./leftovers.js";
import { partialPath } from "./partial-name.js";

export type TakenOver = "linked" | "copied";

/**
 * Gives the file at `from`, which was hashed as `hashed`, a hard link at `target`; a copy where that is impossible (another
 * disk, somebody else's file). Undefined when it has changed since. The caller holds the lock of `target`.
 * @throws OslmError disk-full, unsafe-name
 */
export async function takeOver(
  from: string,
  hashed: HashedFile,
  { target, root }: { readonly target: string; readonly root: string },
): Promise<TakenOver | undefined> {
  await ensureFolder(root, dirname(target));
  // The form of a partial file, so that what a crash leaves is found and removed.
  const passing = partialPath(target);
  try {
    const how = await linkOrCopy(from, passing, hashed.size);
    const now = await peek(how === "linked" ? passing : from);
    if (!now?.isFile() || now.size !== hashed.size || now.mtimeMs !== hashed.mtimeMs) return undefined;
    await rename(passing, target);
    await syncFolder(dirname(target));
    await clearLeftovers(target);
    return how;
  } finally {
    await rm(passing, { force: true });
  }
}

async function linkOrCopy(from: string, to: string, size: Bytes): Promise<TakenOver> {
  try {
    await link(from, to);
    return "linked";
  } catch {
    // Copied below.
  }
  await copyCheaply(from, to, size);
  return "copied";
}
