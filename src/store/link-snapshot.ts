// Gives downloaded blobs their names in a snapshot, and the branch its commit.
import { copyFile, link, mkdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { isCommitSha, type RepoFile, type RepoSnapshot } from "../model/types.js";
import type { RepoLayout } from "./layout.js";

/** Links first, the ref last: whoever reads `refs/main` finds the files of that commit. */
export async function linkSnapshot(
  layout: RepoLayout,
  snapshot: RepoSnapshot,
  files: readonly RepoFile[],
): Promise<void> {
  for (const file of files) await linkFile(layout.blob(file), layout.snapshotFile(snapshot.commit, file.path));
  // Scanners of the cache expect the folder even where a commit was asked for and no branch is recorded.
  await mkdir(layout.refs, { recursive: true });
  if (isCommitSha(snapshot.revision)) return;
  const ref = layout.ref(snapshot.revision);
  await mkdir(dirname(ref), { recursive: true });
  await writeFile(`${ref}.oslm-new`, snapshot.commit);
  await rename(`${ref}.oslm-new`, ref);
}

/** A relative symlink as huggingface_hub makes it; where the system allows none, a hard link, and at last a copy. */
async function linkFile(blob: string, name: string): Promise<void> {
  const target = relative(dirname(name), blob);
  if ((await readlink(name).catch(() => undefined)) === target) return;
  await mkdir(dirname(name), { recursive: true });
  await rm(name, { force: true });
  try {
    await symlink(target, name);
  } catch {
    await link(blob, name).catch(() => copyFile(blob, name));
  }
}
