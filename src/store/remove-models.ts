// Takes models off the list, and their files off the disk.
import { rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { Bytes, StoredModel } from "../model/types.js";
import { isDiskFull, peek, removeEmptyUp } from "./files.js";
import { withLock } from "./lock.js";
import { RECORD_NAME, writeOwnRecord } from "./own-record.js";
import { removeModel } from "./remove-model.js";
import { isSame, type Store } from "./store.js";

/** Files that other models share stay, and files that are not oslm's. Gives the bytes freed. */
export async function removeModels(store: Store, gone: readonly StoredModel[]): Promise<Bytes> {
  let freed = 0;
  for (const model of gone) {
    const lock = lockOf(store, model);
    if (lock === undefined) await forget(store, model);
    else freed += await withLock(lock, () => removeLocked(store, model));
  }
  return freed;
}

/** None for files that oslm only refers to. */
function lockOf(store: Store, { repo, path }: StoredModel): string | undefined {
  if (repo !== null) return store.lockPath(repo);
  return path.startsWith(store.data + sep) ? store.ownLockPath(dirname(path)) : undefined;
}

async function forget(store: Store, gone: StoredModel): Promise<void> {
  await store.index.update((models) => models.filter((model) => !isSame(model, gone)));
}

/** What a pull has recorded while this waited for the lock counts: nothing of it is removed. */
async function removeLocked(store: Store, gone: StoredModel): Promise<Bytes> {
  // The record first: a listed model is always whole. On a full disk it goes with the room that its files leave.
  const isForgotten = await forget(store, gone).then(
    () => true,
    (error: unknown) => {
      if (isDiskFull(error)) return false;
      throw error;
    },
  );
  const freed = await removeFiles(store, gone);
  if (!isForgotten) await forget(store, gone);
  return freed;
}

/** Those that no other recorded model needs; also one that is damaged may, to have the rest fetched. */
async function removeFiles(store: Store, gone: StoredModel): Promise<Bytes> {
  const stay = (await store.recorded()).filter((model) => !isSame(model, gone));
  const kept = new Set(stay.flatMap((model) => model.files.map(({ path }) => store.placeOf(model, path))));
  const { repo, commit, files } = gone;
  if (repo !== null && commit !== null) {
    return removeModel(store.hubCache, { repo, commit, files }, (path) => kept.has(path));
  }
  const folder = dirname(gone.path);
  // Another name of the same files has the record from now on.
  const other = stay.find((model) => model.repo === null && dirname(model.path) === folder);
  if (other !== undefined) await writeOwnRecord(store.data, other);
  else await rm(join(folder, RECORD_NAME), { force: true });
  let freed = 0;
  for (const { path } of files) {
    const place = store.placeOf(gone, path);
    if (!kept.has(place)) freed += await removeOwn(place, store.data);
  }
  return freed;
}

async function removeOwn(place: string, root: string): Promise<Bytes> {
  const info = await peek(place);
  if (info === undefined) return 0;
  await rm(place);
  await removeEmptyUp(dirname(place), root);
  return info.isFile() && info.nlink === 1 ? info.size : 0;
}
