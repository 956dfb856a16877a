// Several files at once into the store.
import { OslmError } from "../errors.js";
import type { Hub } from "../hub/hub.js";
import { unsafePathReason } from "../model/safe-path.js";
import type { RepoFile, RepoSnapshot } from "../model/types.js";
import type { Store } from "../store/store.js";
import { merge } from "./merge.js";
import { type TransferDeps, type TransferEvent, transfer } from "./transfer.js";

export type DownloadEvent = TransferEvent;

/** Shards of one model come side by side; more connections than this gain nothing with one stream a file. */
const FILES_AT_ONCE = 3;

export interface DownloadDeps extends Omit<TransferDeps, "http"> {
  readonly hub: Hub;
  readonly store: Store;
}

/**
 * Yields the progress of all files until each is verified and in place; the first failure ends the others, whose
 * partial files stay. Two paths with the same content are one blob and come once. The caller holds the repository's lock.
 * @throws as `transfer`
 */
export async function* download(
  { hub, store, signal, ...options }: DownloadDeps,
  snapshot: RepoSnapshot,
  files: readonly RepoFile[],
): AsyncGenerator<DownloadEvent, void> {
  const layout = store.layout(snapshot.repo);
  const jobs = files.map((file) => {
    const reason = unsafePathReason(file.path);
    if (reason !== undefined) throw new OslmError("unsafe-name", { name: file.path, reason });
    return { file, url: hub.fileUrl(snapshot, file.path), repo: snapshot.repo, target: layout.blob(file) };
  });
  const distinct = [...new Map(jobs.map((job) => [job.target, job])).values()];

  const failed = new AbortController();
  const stop = (reason: unknown) => failed.abort(reason);
  const onAbort = () => stop(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const deps = { ...options, http: hub.http, signal: failed.signal };
    yield* merge(
      distinct.map((job) => () => transfer(job, deps)),
      FILES_AT_ONCE,
      stop,
    );
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
