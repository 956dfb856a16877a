// Files of a repository into the Hugging Face cache, each verified: those that are missing, and of these what other programs have not.
import { download } from "../../download/download.js";
import { type DownloadEvent, hubJobs } from "../../download/job.js";
import type { Bytes, RepoFile, RepoSnapshot } from "../../model/types.js";
import type { RepoLayout } from "../../store/layout.js";
import { keptOf } from "../../store/leftovers.js";
import type { World } from "../world.js";
import { inspectFiles } from "./inspect-files.js";
import { type ReuseEvent, reuse } from "./reuse.js";
import { type DamagedEvent, salvageDamaged } from "./salvage.js";

export type FetchEvent = ReuseEvent | DamagedEvent | DownloadEvent;

/**
 * Gives how much was downloaded. The caller holds the repository's lock.
 * @param reserve told before the first byte how many bytes will come, and which files were not here before; gives events of its own
 * @throws OslmError what `reserve`, Store.inspect and `download` throw
 */
export async function* fetchFiles<Event = never>(
  world: World,
  snapshot: RepoSnapshot,
  files: readonly RepoFile[],
  reserve: (need: Bytes, absent: readonly RepoFile[]) => Promise<readonly Event[]>,
): AsyncGenerator<FetchEvent | Event, Bytes> {
  const [hub, store] = await Promise.all([world.hub(), world.store()]);
  const { signal } = world;
  const layout = store.layout(snapshot.repo);
  const { missing: absent } = yield* inspectFiles(world, snapshot, files);
  const missing = yield* withoutReused(world, layout, absent);
  let need = 0;
  for (const file of missing) {
    const target = layout.blob(file);
    yield* salvageDamaged(world, file, { from: await store.place(snapshot, file), target });
    need += file.size - (await keptOf(target, file));
  }
  yield* await reserve(need, absent);
  let downloaded = 0;
  const jobs = hubJobs(hub, layout, snapshot, missing);
  for await (const event of download(jobs, {
    http: hub.http,
    signal,
    keepSums: store.keepSums,
    sumsOf: store.sumsOf,
  })) {
    if (event.type === "verified") downloaded += event.downloaded;
    yield event;
  }
  return downloaded;
}

/** The files that must be fetched: what other programs have stored is taken over. */
async function* withoutReused(
  world: World,
  layout: RepoLayout,
  files: readonly RepoFile[],
): AsyncGenerator<ReuseEvent, readonly RepoFile[]> {
  const rest: RepoFile[] = [];
  for (const file of files) {
    const { path, size, sha256 } = file;
    const place = { target: layout.blob(file), root: layout.hubCache };
    const isHere = sha256 !== undefined && (yield* reuse(world, { path, size, sha256 }, place));
    if (!isHere) rest.push(file);
  }
  return rest;
}
