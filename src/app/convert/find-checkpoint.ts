// Where a checkpoint to convert lies: a folder of the user's, or a repository that other programs put into the Hugging Face cache.
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Folder, openFolder } from "../../convert/folder.js";
import { OslmError } from "../../errors.js";
import { formatRef, parseRef } from "../../model/ref.js";
import { isCommitSha } from "../../model/types.js";
import { RepoLayout } from "../../store/layout.js";
import { linkedFolder } from "../../store/linked-folders.js";
import { noFile } from "../../store/no-file.js";
import { branchesOf, reposIn } from "../../store/scan-repo.js";
import { absolutePath } from "../run/local-model.js";
import type { World } from "../world.js";

export interface FoundCheckpoint {
  readonly folder: Folder;
  /** Where it lies; absolute. */
  readonly path: string;
  /** What the model is called. */
  readonly name: string;
  readonly source?: { readonly repo: string; readonly commit: string };
}

const CONVERT =
  "oslm convert ./folder   (one with config.json), or   oslm convert org/name   for what hf has downloaded";

/** @param instead what helps where there is none @throws OslmError file-not-found, not-stored, invalid-reference, linked-folder */
export async function findCheckpoint(world: World, given: string, instead = CONVERT): Promise<FoundCheckpoint> {
  const path = absolutePath(world, given);
  const seen = await stat(path).catch(() => undefined);
  if (seen?.isDirectory()) return { folder: await openFolder(path), path, name: basename(path) };
  if (seen !== undefined || /^[./~]/.test(given)) throw await noFile(path, { shown: given, wanted: "folder", instead });
  const ref = parseRef(given, { hub: world.endpoint });
  if (ref.kind !== "hub" || ref.quant !== undefined || ref.path !== undefined)
    throw await noFile(path, { shown: given, wanted: "folder", instead });
  const { hubCache } = await world.store();
  const repo = (await reposIn(hubCache)).find((one) => one.toLowerCase() === ref.repo.toLowerCase());
  if (repo === undefined) throw new OslmError("not-stored", { ref: formatRef(ref), suggestions: [] });
  const layout = new RepoLayout(hubCache, repo);
  const linked = await linkedFolder(layout);
  if (linked !== undefined) throw new OslmError("linked-folder", linked);
  const { revision = "main" } = ref;
  const commit = (await branchesOf(layout)).get(revision) ?? (isCommitSha(revision) ? revision : undefined);
  if (commit === undefined) throw new OslmError("not-stored", { ref: formatRef(ref), suggestions: [] });
  // Its files are links to the repository's own blobs, and nothing else is read.
  const snapshot = join(layout.snapshots, commit);
  const folder = await openFolder(snapshot, layout.root);
  return { folder, path: snapshot, name: repo.split("/").at(-1) ?? repo, source: { repo, commit } };
}
