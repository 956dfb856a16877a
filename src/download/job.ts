// What is to be downloaded, and what is told of it meanwhile.
import { OslmError } from "../errors.js";
import type { Hub } from "../hub/hub.js";
import { unsafePathReason } from "../model/safe-path.js";
import type { Bytes, KnownFile, Milliseconds, RepoFile, RepoSnapshot } from "../model/types.js";
import type { RepoLayout } from "../store/layout.js";

/** One file from one address. Whoever downloads it holds the lock of the place where it will lie. */
export interface Job {
  readonly file: KnownFile;
  /** Where to ask first; it may send us on to a storage host. */
  readonly url: string;
  /** The repository, for messages; none for a plain web server. */
  readonly repo?: string;
  /** The absolute path that the verified file gets. */
  readonly target: string;
  /** The folder that the target must not leave. */
  readonly root: string;
}

export type DownloadEvent =
  /** First of all: what is to be fetched, or finished from an earlier run. */
  | { readonly type: "plan"; readonly files: number; readonly total: Bytes }
  | { readonly type: "start"; readonly path: string; readonly present: Bytes; readonly total: Bytes }
  | { readonly type: "progress"; readonly path: string; readonly received: Bytes }
  | { readonly type: "retry"; readonly path: string; readonly afterMs: Milliseconds; readonly reason: string }
  /** All bytes came and are not the file: it is compared with its source, piece by piece. */
  | { readonly type: "repair"; readonly path: string }
  | { readonly type: "verified"; readonly path: string; readonly downloaded: Bytes };

/** Files of a repository at its commit, into the Hugging Face cache. @throws OslmError unsafe-name */
export function hubJobs(hub: Hub, layout: RepoLayout, snapshot: RepoSnapshot, files: readonly RepoFile[]): Job[] {
  return files.map((file) => {
    const reason = unsafePathReason(file.path);
    if (reason !== undefined) throw new OslmError("unsafe-name", { name: file.path, reason });
    const url = hub.fileUrl(snapshot, file.path);
    return { file, url, repo: snapshot.repo, target: layout.blob(file), root: layout.hubCache };
  });
}
