// Gives downloaded blobs their names in a snapshot, and the branch its commit.
import { randomBytes } from "node:crypto";
import { link, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { unsafePathReason } from "../model/safe-path.js";
import type { RepoFile, RepoSnapshot } from "../model/types.js";
import { ensureFolder, errnoOf, peek, writeAtomic } from "./files.js";
import { blobName, linkTarget, type RepoLayout } from "./layout.js";

/** Best first. Windows needs a right for symbolic links; FAT has no links at all: there the file itself moves. */
export type LinkKind = "symlink" | "hardlink" | "move";
const KINDS: readonly LinkKind[] = ["symlink", "hardlink", "move"];

/** What a disk or system answers that cannot make this kind of link. */
const UNSUPPORTED = new Set(["EPERM", "EACCES", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EXDEV", "EINVAL", "UNKNOWN"]);

/** Links first, the ref last: whoever reads `refs/main` finds the files of that commit. @throws OslmError unsafe-name */
export async function linkSnapshot(
  layout: RepoLayout,
  snapshot: RepoSnapshot,
  files: readonly RepoFile[],
  kinds: readonly LinkKind[] = KINDS,
): Promise<void> {
  for (const file of files) await linkFile(layout, snapshot.commit, file, kinds);
  // Scanners of the cache expect the folder even where a commit was asked for and no branch is recorded.
  await ensureFolder(layout.hubCache, layout.refs);
  if (!isBranch(snapshot)) return;
  const ref = layout.ref(snapshot.revision);
  await ensureFolder(layout.hubCache, dirname(ref));
  await writeAtomic(ref, snapshot.commit);
}

/** A name that cannot be a file everywhere gets no ref: the model is here all the same, only not by that name offline. */
function isBranch({ revision, commit }: RepoSnapshot): boolean {
  const abbreviated = /^[0-9a-f]{7,40}$/.test(revision) && commit.startsWith(revision);
  return !abbreviated && unsafePathReason(revision) === undefined;
}

async function linkFile(layout: RepoLayout, commit: string, file: RepoFile, kinds: readonly LinkKind[]): Promise<void> {
  const place = layout.snapshotFile(commit, file.path);
  const blob = layout.blob(file);
  await ensureFolder(layout.hubCache, dirname(place));
  const target = linkTarget(file.path, blobName(file));
  if (await isLinked(place, target, blob)) return;
  // Made beside and renamed: a reader finds the old entry or the new one, never none.
  const temporary = `${place}.oslm-${randomBytes(4).toString("hex")}`;
  for (const [index, kind] of kinds.entries()) {
    try {
      if (kind === "symlink") await symlink(target, temporary, "file");
      else if (kind === "hardlink") await link(blob, temporary);
      else await rename(blob, temporary);
      break;
    } catch (error) {
      if (index === kinds.length - 1 || !UNSUPPORTED.has(errnoOf(error) ?? "")) throw error;
    }
  }
  await rename(temporary, place);
  // Renaming one hard link onto another of the same file leaves both (POSIX).
  await rm(temporary, { force: true });
}

/** The entry leads to the blob already, is the same file, or is where the blob has moved to. */
async function isLinked(place: string, target: string, blob: string): Promise<boolean> {
  const entry = await peek(place);
  if (entry?.isSymbolicLink()) return (await readlink(place)).replaceAll("\\", "/") === target;
  if (!entry?.isFile()) return false;
  const source = await peek(blob);
  return source === undefined || (source.ino === entry.ino && source.dev === entry.dev);
}
