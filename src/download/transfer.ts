// One file from the Hub into the store: resumed where an earlier run stopped, verified before it gets its name.
import { setTimeout as sleep } from "node:timers/promises";
import { isOslmError, OslmError } from "../errors.js";
import type { Http } from "../hub/http.js";
import type { Bytes, Milliseconds, RepoFile } from "../model/types.js";
import { errnoOf } from "../store/files.js";
import { Partial } from "../store/partial.js";
import { receive } from "./receive.js";
import { PROGRESS_BYTES, retryDelay } from "./retry.js";

export interface Job {
  readonly file: RepoFile;
  /** Address of the file at its commit on the Hub; asked anew for each attempt, since storage addresses expire. */
  readonly url: string;
  readonly repo: string;
  /** Where the blob will lie. */
  readonly target: string;
}

export type TransferEvent =
  | { readonly type: "start"; readonly path: string; readonly present: Bytes; readonly total: Bytes }
  | { readonly type: "progress"; readonly path: string; readonly received: Bytes }
  | { readonly type: "retry"; readonly path: string; readonly afterMs: Milliseconds; readonly reason: string }
  | { readonly type: "verified"; readonly path: string; readonly downloaded: Bytes };

export interface TransferDeps {
  readonly http: Http;
  readonly signal?: AbortSignal | undefined;
  /** The longest silence of a server; that of `http` unless given. */
  readonly stallMs?: Milliseconds | undefined;
  /** Bytes between two moments at which the partial file can be resumed after a crash. */
  readonly checkpointBytes?: Bytes | undefined;
  /** Waits; a test makes it short. */
  readonly sleep?: ((ms: Milliseconds, signal?: AbortSignal) => Promise<void>) | undefined;
  /** From 0 to 1, as Math.random. */
  readonly random?: (() => number) | undefined;
}

/**
 * Yields progress until the verified file is in place. Whoever calls it holds the repository's lock.
 * @throws OslmError checksum-mismatch, size-mismatch (nothing of the wrong bytes is left); malformed-reply, network,
 *   rate-limited, hub-failed after several attempts, gated ..., disk-full and the signal's reason (what came before is
 *   kept, to be resumed)
 */
export async function* transfer(job: Job, deps: TransferDeps): AsyncGenerator<TransferEvent, void> {
  const { signal, checkpointBytes, random = Math.random } = deps;
  const { path, size } = job.file;
  const options = checkpointBytes === undefined ? { signal } : { signal, checkpointBytes };
  const partial = await Partial.open(job.target, job.file, options);
  let downloaded = 0;
  let open = true;
  // Bytes that did not come in one piece may be damaged (power loss, two states of a file): they get one fresh start.
  let pieced = partial.received > 0;
  try {
    yield { type: "start", path, present: partial.received, total: size };
    for (let attempt = 1; ; attempt++) {
      const before = downloaded;
      try {
        for await (const bytes of receive(job, partial, deps)) {
          downloaded += bytes;
          yield { type: "progress", path, received: partial.received };
        }
        await partial.finish();
        open = false;
        yield { type: "verified", path, downloaded };
        return;
      } catch (error) {
        signal?.throwIfAborted();
        if (isOslmError(error, "checksum-mismatch") && pieced) {
          pieced = false;
          await partial.restart();
          yield { type: "retry", path, afterMs: 0, reason: "checksum-mismatch" };
          continue;
        }
        // Numbers that disagree before any byte came say nothing against what is here: the next try may reach the Hub.
        const isWrong = isOslmError(error, "size-mismatch")
          ? downloaded > before
          : isOslmError(error, "checksum-mismatch");
        if (isWrong) {
          open = false;
          await partial.discard();
          throw error;
        }
        if (downloaded - before >= PROGRESS_BYTES) attempt = 1;
        const afterMs = retryDelay(error, attempt, random());
        if (afterMs === undefined) throw diskFull(error, job) ?? error;
        pieced ||= partial.received > 0;
        yield { type: "retry", path, afterMs, reason: reasonOf(error) };
        await (deps.sleep ?? wait)(afterMs, signal);
      }
    }
  } finally {
    if (open) await partial.close();
  }
}

function reasonOf(error: unknown): string {
  if (isOslmError(error, "network")) return error.facts.reason;
  return isOslmError(error) ? error.code : String(error);
}

/** The disk filled up meanwhile, or a quota did, which statfs does not tell. */
function diskFull(error: unknown, { target, file }: Job): OslmError<"disk-full"> | undefined {
  const code = errnoOf(error);
  if (code !== "ENOSPC" && code !== "EDQUOT") return undefined;
  return new OslmError("disk-full", { path: target, need: file.size, have: 0 }, { cause: error });
}

async function wait(ms: Milliseconds, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
}
