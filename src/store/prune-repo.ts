// What may go from one repository's folder of the Hugging Face cache.
import { readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StoredModel } from "../model/types.js";
import { commitsOf } from "./entries.js";
import { filesBelow, hasLinkAbove, namesIn, peek } from "./files.js";
import type { RepoLayout } from "./layout.js";
import { journalPath } from "./partial-name.js";
import { isOld, item, type Prunable, type PruneRules, passingFiles } from "./prunable.js";

const BLOB = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Names that are not known stay, and so does everything where a folder is a link. The caller holds the lock, or only
 * wants to know whether there could be anything.
 */
export async function prunableInRepo(
  layout: RepoLayout,
  recorded: readonly StoredModel[],
  rules: PruneRules,
): Promise<readonly Prunable[]> {
  const inside = ["blobs", "snapshots", "refs"].map((name) => join(layout.root, name, "any"));
  for (const path of inside) if (await hasLinkAbove(layout.hubCache, path)) return [];
  const snapshots = rules.all ? await deadSnapshots(layout, recorded, rules) : [];
  const found = [
    ...(await passingFiles(await filesBelow(layout.root))),
    ...(await Promise.all(snapshots.map((path) => snapshotItem(path)))),
    ...(await deadBlobs(layout, snapshots, rules)),
  ];
  return (await isBare(layout, found, rules)) ? [...found, { kind: "folder", path: layout.root, bytes: 0 }] : found;
}

async function deadSnapshots(
  layout: RepoLayout,
  recorded: readonly StoredModel[],
  { now }: PruneRules,
): Promise<readonly string[]> {
  const used = new Set(recorded.filter(({ repo }) => repo === layout.repo).map(({ commit }) => commit ?? ""));
  for (const ref of await filesBelow(layout.refs)) {
    const stat = await peek(ref);
    if (stat?.isFile() && stat.size <= 64) used.add((await readFile(ref, "utf8")).trim());
  }
  const dead: string[] = [];
  for (const commit of await commitsOf(layout)) {
    const path = join(layout.snapshots, commit);
    if (!used.has(commit) && (await isOld(path, now))) dead.push(path);
  }
  return dead;
}

async function snapshotItem(path: string): Promise<Prunable> {
  const files = await Promise.all((await filesBelow(path)).map((file) => item("snapshot", file)));
  return { kind: "snapshot", path, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** On disks without symbolic links a snapshot holds the blob itself, under a second name. */
async function deadBlobs(
  layout: RepoLayout,
  goneSnapshots: readonly string[],
  { now }: PruneRules,
): Promise<readonly Prunable[]> {
  const [names, inodes] = [new Set<string>(), new Set<number>()];
  for (const commit of await namesIn(layout.snapshots)) {
    const folder = join(layout.snapshots, commit);
    if (goneSnapshots.includes(folder)) continue;
    for (const path of await filesBelow(folder)) {
      const stat = await peek(path);
      if (stat?.isSymbolicLink()) names.add(basename((await readlink(path)).replaceAll("\\", "/")));
      else if (stat !== undefined) inodes.add(stat.ino);
    }
  }
  const dead: Prunable[] = [];
  for (const name of await namesIn(layout.blobs)) {
    const path = join(layout.blobs, name);
    const stat = await peek(path);
    if (!BLOB.test(name) || !stat?.isFile() || names.has(name) || inodes.has(stat.ino)) continue;
    if (await isOld(path, now)) dead.push(await item("blob", path));
  }
  return dead;
}

/** Nothing is left but folders, all of them old, once these items have gone. */
async function isBare(layout: RepoLayout, gone: readonly Prunable[], { now }: PruneRules): Promise<boolean> {
  const paths = gone.flatMap(({ kind, path }) => (kind === "partial" ? [path, journalPath(path)] : [path]));
  const goes = (file: string) => paths.some((path) => file === path || file.startsWith(join(path, "/")));
  if ((await filesBelow(layout.root)).some((file) => !goes(file))) return false;
  const folders = [layout.root, layout.blobs, layout.snapshots, layout.refs];
  for (const folder of folders) if ((await peek(folder)) !== undefined && !(await isOld(folder, now))) return false;
  return true;
}
