// A checkpoint that was fetched only to be converted leaves the cache again.
import type { Bytes, RepoSnapshot } from "../model/types.js";
import type { FetchedList } from "../store/fetched-list.js";
import { removeModel } from "../store/remove-model.js";
import type { Store } from "../store/store.js";

/** Only the files of the list, and of these none that a recorded model needs. Gives the bytes freed. The caller holds the lock. */
export async function freeCheckpoint(
  store: Store,
  { repo, commit, files }: Pick<RepoSnapshot, "repo" | "commit" | "files">,
  list: FetchedList,
): Promise<Bytes> {
  const fetched = new Set(await list.read());
  if (fetched.size === 0) return 0;
  const models = (await store.recorded()).filter((model) => model.repo === repo);
  const needed = new Set(models.flatMap((model) => model.files.map(({ path }) => store.placeOf(model, path))));
  // By the listing: whatever stands in a file of ours, nothing else is removed.
  const gone = files.filter(({ path }) => fetched.has(path));
  const freed = await removeModel(store.hubCache, { repo, commit, files: gone }, (place) => needed.has(place));
  await list.clear();
  return freed;
}
