// A model whose files are here: stored, a file of the user's, or the demo model.
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { OslmError } from "../../errors.js";
import { parseFileName } from "../../gguf/file-name.js";
import { quoted } from "../../model/quoted.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import { ownFiles, type Sha256, type StoredModel } from "../../model/types.js";
import { sha256Of } from "../../store/hash-file.js";
import { hashText } from "../../store/hash-text.js";
import { noFile } from "../../store/no-file.js";
import type { HashEvent } from "../hash-file.js";
import { type Adopted, adopt, findInCache } from "../pull/adopt.js";
import type { RemoteRef } from "../pull/resolve.js";
import { plainUrl } from "../pull/web-files.js";
import { DEMO_PATH } from "../shipped.js";
import { checkUnchanged } from "../stored/check-unchanged.js";
import { findStored, refuseAway } from "../stored/find-stored.js";
import type { World } from "../world.js";

export interface LocalModel {
  readonly ref: string;
  readonly quant: string;
  /** Absolute; all shards in order. */
  readonly paths: readonly [string, ...string[]];
  readonly stored: StoredModel | null;
  /** As `hashOfFiles` has it; read and computed, once, where it is not known. */
  sha256(): Promise<string>;
}

/** News of what takes a while: a file is hashed, another program's model was taken in. */
export type Tell = (event: HashEvent | ({ readonly type: "adopted" } & Adopted)) => void;

/**
 * The model of `ref` if it is on this disk. When no request is allowed, the files of the Hugging Face cache count as well
 * that other programs put there: they are verified and recorded. @throws OslmError file-changed, file-not-found, import-gone,
 * linked-folder, not-stored
 */
export async function findLocal(world: World, ref: ModelRef, tell: Tell = () => {}): Promise<LocalModel | undefined> {
  switch (ref.kind) {
    case "demo":
      return fileModel("demo", DEMO_PATH);
    case "file":
      return fileModel(formatRef(ref), absolutePath(world, ref.path));
    case "url":
      return webModel(world, ref.url);
    default: {
      const [stored] = await findStored(world, ref);
      if (stored?.repo === null) await checkUnchanged(stored);
      if (stored !== undefined) return storedModel(stored);
      await refuseAway(world, ref);
      return world.offline ? fromCache(world, ref, tell) : undefined;
    }
  }
}

async function fromCache(world: World, ref: RemoteRef, tell: Tell): Promise<LocalModel | undefined> {
  const found = await findInCache(world, ref);
  if (found === undefined) return undefined;
  const stored = await (await world.store()).list();
  // Known by another branch.
  const known = stored.find(
    ({ repo, commit, path }) => repo === found.repo && commit === found.commit && path === found.files[0].place,
  );
  if (known) return storedModel(known);
  const events = adopt(world, found);
  for (;;) {
    const step = await events.next();
    tell(step.done ? { type: "adopted", ...step.value } : step.value);
    if (step.done) return storedModel(step.value.model);
  }
}

/** What was pulled from the same address. @throws OslmError not-stored */
async function webModel(world: World, url: string): Promise<LocalModel> {
  const ref = plainUrl(url);
  const stored = (await (await world.store()).list()).find((model) => model.ref === ref);
  if (stored === undefined) throw new OslmError("not-stored", { ref, suggestions: [] });
  return storedModel(stored);
}

/** A path as a person writes it, `~` and all. */
export function absolutePath({ home }: Pick<World, "home">, path: string): string {
  return resolve(path.replace(/^~(?=[/\\]|$)/, home));
}

export function storedModel(stored: StoredModel): LocalModel {
  const files = ownFiles(stored);
  const [first, ...rest] = files.map((file) => file.path);
  if (first === undefined) throw new Error(`${stored.name} has no files`);
  // `path` is that of the first file; the others lie in the same snapshot folder.
  const root = stored.path.slice(0, stored.path.length - first.length);
  const sha256 = async (): Promise<string> => hashOfFiles(files.map((file) => file.sha256));
  return {
    ref: stored.name,
    quant: stored.quant,
    paths: [stored.path, ...rest.map((path) => join(root, path))],
    stored,
    sha256,
  };
}

/** The hash that the store has recorded of a file of the model; undefined where it is none of its own. @param path absolute */
export function recordedHash({ stored }: Pick<LocalModel, "stored">, path: string): Sha256 | undefined {
  if (stored === null) return undefined;
  const root = stored.path.slice(0, stored.path.length - (stored.files[0]?.path.length ?? 0));
  return stored.files.find((file) => join(root, file.path) === path)?.sha256;
}

/** @throws OslmError file-not-found, also for a missing shard */
async function fileModel(ref: string, path: string): Promise<LocalModel> {
  const { quant } = parseFileName(basename(path));
  const paths = await shardPaths(path);
  let known: Promise<string> | undefined;
  const sha256 = (): Promise<string> => {
    known ??= hashAll(paths);
    return known;
  };
  return { ref, quant, paths, stored: null, sha256 };
}

async function hashAll(paths: readonly string[]): Promise<string> {
  const hashes: string[] = [];
  // One after the other: a disk reads no faster for being asked for several.
  for (const path of paths) hashes.push(await sha256Of(path));
  return hashOfFiles(hashes);
}

/** The hash by which a model is known: that of its file; of several, the hash of their hashes, each on a line. */
export function hashOfFiles(hashes: readonly string[]): string {
  const [only = ""] = hashes;
  return hashes.length === 1 ? only : hashText(hashes.map((hash) => `${hash}\n`).join(""));
}

/** All files of the model that `path` is, or is a part of. @param instead what helps where one is not there @throws OslmError file-not-found, also for a missing shard */
export async function shardPaths(path: string, instead?: string): Promise<readonly [string, ...string[]]> {
  const { shard } = parseFileName(basename(path));
  const count = shard?.count ?? 1;
  const paths = Array.from({ length: count }, (_, index) => (shard ? shardPath(path, index + 1) : path));
  for (const part of paths) {
    const info = await stat(part).catch(() => undefined);
    if (info?.isDirectory() && (await isFolderToConvert(part))) throw await toConvert(part);
    if (!info?.isFile()) throw await noFile(part, { instead });
  }
  const [first = path, ...rest] = paths;
  return [first, ...rest];
}

/** A checkpoint or an adapter. */
async function isFolderToConvert(path: string): Promise<boolean> {
  return (await readdir(path)).some((name) => name === "config.json" || name === "adapter_config.json");
}

function toConvert(path: string): Promise<OslmError> {
  return noFile(path, { instead: `oslm convert ${quoted(path)}   (what lies in it is a checkpoint)` });
}

function shardPath(path: string, index: number): string {
  const name = basename(path).replace(/-\d{5}(?=-of-\d{5})/, `-${String(index).padStart(5, "0")}`);
  return join(dirname(path), name);
}
