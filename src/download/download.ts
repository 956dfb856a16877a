// Several files at once into the store.
import type { Hub } from "../hub/hub.js";
import type { RepoFile, RepoSnapshot } from "../model/types.js";
import type { Store } from "../store/store.js";
import { merge } from "./merge.js";
import { type TransferEvent, transfer } from "./transfer.js";

export type DownloadEvent = TransferEvent;

/** Shards of one model come side by side; more connections than this gain nothing with one stream a file. */
const FILES_AT_ONCE = 3;

/** Yields the progress of all files until each is verified and in place. @throws as `transfer`, and disk-full */
export async function* download(
  { hub, store, signal }: { hub: Hub; store: Store; signal?: AbortSignal },
  snapshot: RepoSnapshot,
  files: readonly RepoFile[],
): AsyncGenerator<DownloadEvent, void> {
  const layout = store.layout(snapshot.repo);
  const jobs = files.map((file) => ({
    file,
    url: hub.fileUrl(snapshot, file.path),
    repo: snapshot.repo,
    target: layout.blob(file),
  }));
  yield* merge(
    jobs.map((job) => () => transfer(job, { http: hub.http, signal })),
    FILES_AT_ONCE,
  );
}
