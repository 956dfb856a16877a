// Files from web servers in oslm's own folder: what is here already, what is fetched, and their names in the end.
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { download } from "../../download/download.js";
import type { DownloadEvent, Job } from "../../download/job.js";
import type { Bytes, StoredFile } from "../../model/types.js";
import { checkFree } from "../../store/check-free.js";
import { peek, removeEmptyUp } from "../../store/files.js";
import { clearLeftovers, keptOf } from "../../store/leftovers.js";
import { ownFolder, settle } from "../../store/own-files.js";
import { type HashEvent, hashFile } from "../hash-file.js";
import { type ReadModel, readFiles } from "../run/read-model.js";
import type { World } from "../world.js";
import { type ReuseEvent, reuse } from "./reuse.js";
import { type DamagedEvent, salvageDamaged } from "./salvage.js";
import type { WebFile } from "./web-files.js";

export interface SizedFile extends WebFile {
  readonly size: Bytes;
}

export interface Fetched {
  /** Of the first file. */
  readonly path: string;
  readonly files: readonly StoredFile[];
  readonly read: ReadModel;
  readonly downloaded: Bytes;
}

/**
 * Gets the files that are not here, verifies all, reads their headers and only then names them. The caller holds the lock
 * of the folder. @throws OslmError malformed-gguf, after which nothing is left; what download throws, after which parts are
 */
export async function* fetchWebFiles(
  world: World,
  files: readonly [SizedFile, ...SizedFile[]],
): AsyncGenerator<ReuseEvent | DamagedEvent | DownloadEvent, Fetched> {
  const store = await world.store();
  const { data } = store;
  const folder = ownFolder(data, files[0].sha256);
  // Until the headers have been read a file is called by its hash: the form in which partial files are found again.
  const places = files.map((file) => ({ file, raw: join(folder, file.sha256), final: join(folder, file.name) }));
  const jobs: Job[] = [];
  for (const { file, raw, final } of places) {
    if ((yield* isHere(world, file, final, raw)) || (yield* isHere(world, file, raw, raw))) continue;
    const { url, name: path, size, sha256 } = file;
    const target = { target: raw, root: data };
    if (yield* reuse(world, { path, size, sha256 }, target)) continue;
    jobs.push({ file: { path, size, sha256 }, url, ...target });
  }
  let need = 0;
  for (const { file, target } of jobs) need += file.size - (await keptOf(target, file));
  await checkFree(data, need);
  const { http } = await world.hub();
  let downloaded = 0;
  for await (const event of download(jobs, {
    http,
    signal: world.signal,
    keepSums: store.keepSums,
    sumsOf: store.sumsOf,
  })) {
    if (event.type === "verified") downloaded += event.downloaded;
    yield event;
  }
  for (const { raw, final } of places) {
    await clearLeftovers(raw);
    await settle(raw, final, data);
  }
  const [first, ...others] = places.map(({ file, final }) => ({ path: final, name: file.name }));
  if (first === undefined) throw new Error("a model has at least one file");
  try {
    const read = await readFiles(first, others);
    const stored = files.map(({ name, size, sha256 }) => ({ path: name, size, sha256 }));
    return { path: first.path, files: stored, read, downloaded };
  } catch (error) {
    // The right bytes of a broken upload are still no model.
    for (const { final } of places) await rm(final, { force: true });
    await removeEmptyUp(dirname(first.path), data);
    throw error;
  }
}

/** True for a file of the right size and hash; of another what is good is kept, and its name, which is ours, is free. */
async function* isHere(
  world: World,
  { name, size, sha256 }: SizedFile,
  from: string,
  target: string,
): AsyncGenerator<HashEvent | DamagedEvent, boolean> {
  const info = await peek(from);
  if (info === undefined) return false;
  if (info.isFile() && info.size === size) {
    const hashed = yield* hashFile(from, { shown: name, size }, world.signal);
    if (hashed.sha256 === sha256) return true;
  }
  yield* salvageDamaged(world, { path: name, size, sha256 }, { from, target });
  await rm(from, { force: true });
  return false;
}

/** What an interrupted pull has left of these files, to be resumed. */
export async function keptBytes(data: string, files: readonly [SizedFile, ...SizedFile[]]): Promise<Bytes> {
  const folder = ownFolder(data, files[0].sha256);
  let sum = 0;
  for (const { name: path, size, sha256 } of files) {
    const raw = join(folder, sha256);
    sum += (await peek(raw))?.size ?? (await keptOf(raw, { path, size, sha256 }));
  }
  return sum;
}
