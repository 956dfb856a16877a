// A checkpoint that was fetched only to be converted leaves the cache again.
import { join } from "node:path";
import { type Bytes, isRepoId, type RepoFile, type RepoId, type RepoSnapshot } from "../model/types.js";
import { FetchedList } from "../store/fetched-list.js";
import { peek } from "../store/files.js";
import { blobName } from "../store/layout.js";
import { withLock } from "../store/lock.js";
import { removeModel, removeUnnamed } from "../store/remove-model.js";
import type { Store } from "../store/store.js";

/** Only the files of the list, and of these none that a recorded model needs. Gives the bytes freed. The caller holds the lock. */
async function freeCheckpoint(store: Store, list: FetchedList): Promise<Bytes> {
  const { repo, commit } = list;
  const files = await list.read();
  if (files.length === 0) return 0;
  const models = (await store.recorded()).filter((model) => model.repo === repo);
  const needed = new Set(models.flatMap((model) => model.files.map(({ path }) => store.placeOf(model, path))));
  const layout = store.layout(repo);
  // First those that an interrupted download has not named yet.
  const unnamed = await removeUnnamed(
    layout,
    files.map(({ blob }) => blob),
  );
  const freed = await removeModel(store.hubCache, { repo, commit, files }, (place) => needed.has(place));
  await list.clear();
  return unnamed + freed;
}

/** What pulls that never came to their end have fetched of a repository's checkpoints, and is here. */
export async function fetchedBytes(store: Store, repo: string): Promise<Bytes> {
  if (!isRepoId(repo)) return 0;
  const { blobs } = store.layout(repo);
  let bytes = 0;
  for (const list of await FetchedList.all(store.state, repo)) {
    for (const { blob } of await list.read()) bytes += (await peek(join(blobs, blob)))?.size ?? 0;
  }
  return bytes;
}

/** Of these files those that such pulls of other commits have fetched, and that nobody has named in this snapshot since. */
export async function fetchedBefore(
  store: Store,
  { repo, commit }: Pick<RepoSnapshot, "repo" | "commit">,
  files: readonly RepoFile[],
): Promise<readonly RepoFile[]> {
  const others = (await FetchedList.all(store.state, repo)).filter((list) => list.commit !== commit);
  const listed = (await Promise.all(others.map((list) => list.read()))).flat();
  const blobs = new Set(listed.map(({ blob }) => blob));
  const layout = store.layout(repo);
  const named = await Promise.all(files.map(({ path }) => peek(layout.snapshotFile(commit, path))));
  return files.filter((file, at) => blobs.has(blobName(file)) && named[at] === undefined);
}

/** Removes all of that. Gives the bytes freed. */
export async function freeFetched(store: Store, repo: string): Promise<Bytes> {
  if (!isRepoId(repo) || (await FetchedList.all(store.state, repo)).length === 0) return 0;
  return withLock(store.lockPath(repo), () => freeAll(store, repo));
}

/** The same for a caller who holds the lock. */
export async function freeAll(store: Store, repo: RepoId): Promise<Bytes> {
  let freed = 0;
  for (const list of await FetchedList.all(store.state, repo)) freed += await freeCheckpoint(store, list);
  return freed;
}
