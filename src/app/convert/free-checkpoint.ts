// A checkpoint that was fetched to be converted leaves the cache again: at once, or where it was kept with its repository.
import { join } from "node:path";
import { type Bytes, isRepoId, type RepoFile, type RepoId, type RepoSnapshot } from "../../model/types.js";
import { FetchedList } from "../../store/fetched-list.js";
import { peek } from "../../store/files.js";
import { blobName } from "../../store/layout.js";
import { withLock } from "../../store/lock.js";
import { removeModel, removeUnnamed } from "../../store/remove-model.js";
import type { Store } from "../../store/store.js";

/** Only the files of the list, and of these none that a recorded model needs. Gives the bytes freed. The caller holds the lock. */
async function freeCheckpoint(store: Store, list: FetchedList): Promise<Bytes> {
  const { repo, commit } = list;
  const { files } = await list.read();
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

/** `left`: by pulls that never came to their end; `kept`: to stay after the conversion. */
export type WhichFetched = "left" | "kept";

/** What such pulls have fetched of a repository's checkpoints, and is here. */
export async function fetchedBytes(store: Store, repo: string, which: WhichFetched): Promise<Bytes> {
  if (!isRepoId(repo)) return 0;
  const { blobs } = store.layout(repo);
  const names = new Set<string>();
  for (const list of await listsOf(store, repo, which)) {
    for (const { blob } of (await list.read()).files) names.add(blob);
  }
  const there = await Promise.all([...names].map((name) => peek(join(blobs, name))));
  return there.reduce((sum, seen) => sum + (seen?.size ?? 0), 0);
}

async function listsOf(store: Store, repo: RepoId, which: WhichFetched): Promise<readonly FetchedList[]> {
  const lists = await FetchedList.all(store.state, repo);
  const kept = await Promise.all(lists.map(async (list) => (await list.read()).kept));
  return lists.filter((_, at) => kept[at] === (which === "kept"));
}

/** Of these files those that such pulls of other commits have fetched, and that nobody has named in this snapshot since. */
export async function fetchedBefore(
  store: Store,
  { repo, commit }: Pick<RepoSnapshot, "repo" | "commit">,
  files: readonly RepoFile[],
): Promise<readonly RepoFile[]> {
  const others = (await FetchedList.all(store.state, repo)).filter((list) => list.commit !== commit);
  const listed = await Promise.all(others.map((list) => list.read()));
  const blobs = new Set(listed.flatMap(({ files: all }) => all.map(({ blob }) => blob)));
  const layout = store.layout(repo);
  const named = await Promise.all(files.map(({ path }) => peek(layout.snapshotFile(commit, path))));
  return files.filter((file, at) => blobs.has(blobName(file)) && named[at] === undefined);
}

/** Removes all of that. Gives the bytes freed. */
export async function freeFetched(store: Store, repo: string, which: WhichFetched): Promise<Bytes> {
  if (!isRepoId(repo) || (await listsOf(store, repo, which)).length === 0) return 0;
  return withLock(store.lockPath(repo), () => freeAll(store, repo, which));
}

/** The same for a caller who holds the lock. */
export async function freeAll(store: Store, repo: RepoId, which: WhichFetched): Promise<Bytes> {
  let freed = 0;
  for (const list of await listsOf(store, repo, which)) freed += await freeCheckpoint(store, list);
  return freed;
}
