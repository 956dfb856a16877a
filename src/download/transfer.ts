// One file from the Hub into the store: resumed where an earlier run stopped, verified before it gets its name.
import { setTimeout as sleep } from "node:timers/promises";
import { isOslmError, OslmError } from "../errors.js";
import type { Http } from "../hub/http.js";
import { parseContentRange } from "../hub/range-source.js";
import type { Reply } from "../hub/reply.js";
import { replyError } from "../hub/reply-error.js";
import type { Bytes, Milliseconds, RepoFile } from "../model/types.js";
import { Partial } from "../store/partial.js";
import { retryDelay } from "./retry.js";

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
  /** Waits; a test makes it short. */
  readonly sleep?: (ms: Milliseconds, signal?: AbortSignal) => Promise<void>;
  readonly random?: () => number;
}

/**
 * Yields progress until the verified file is in place.
 * @throws OslmError size-mismatch, checksum-mismatch, malformed-reply (all with the partial file gone); network,
 *   rate-limited, hub-failed after several attempts, gated ... and the signal's reason (with the partial file kept)
 */
export async function* transfer(job: Job, deps: TransferDeps): AsyncGenerator<TransferEvent, void> {
  const partial = await Partial.open(job.target, job.file);
  const { path, size } = job.file;
  yield { type: "start", path, present: partial.received, total: size };
  let downloaded = 0;
  let finished = false;
  try {
    for (let attempt = 1; ; attempt++) {
      const resumed = partial.received > 0;
      try {
        for await (const bytes of receive(job, partial, deps)) {
          downloaded += bytes;
          yield { type: "progress", path, received: partial.received };
        }
        await partial.finish();
        finished = true;
        return yield { type: "verified", path, downloaded };
      } catch (error) {
        const damaged = isOslmError(error, "checksum-mismatch") || isOslmError(error, "size-mismatch");
        // The bytes from an earlier run may be the wrong ones: once more from the beginning.
        const delay = damaged && resumed ? 0 : retryDelay(error, attempt, (deps.random ?? Math.random)());
        if (damaged && resumed) await partial.restart();
        if (delay === undefined) {
          if (damaged || isOslmError(error, "malformed-reply")) {
            finished = true;
            await partial.discard();
          }
          throw error;
        }
        yield { type: "retry", path, afterMs: delay, reason: (error as OslmError).code };
        await (deps.sleep ?? wait)(delay, deps.signal);
      }
    }
  } finally {
    if (!finished) await partial.close();
  }
}

/** One request; gives the size of each piece once it is written. */
async function* receive(job: Job, partial: Partial, { http, signal }: TransferDeps): AsyncGenerator<Bytes, void> {
  const { size } = job.file;
  const from = partial.received;
  if (from === size) return;
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  const reply = await http.send({ url: job.url, headers, signal, redirects: "anywhere" });
  await checkReply(job, reply, http, partial);
  for await (const chunk of reply.chunks()) {
    await partial.write(chunk);
    yield chunk.length;
  }
  if (partial.received < size) {
    throw new OslmError("network", {
      url: reply.url,
      reason: `the answer ended after ${partial.received} of ${size} bytes`,
    });
  }
}

/** Lets only a reply pass whose bytes belong where the partial file ends. */
async function checkReply(job: Job, reply: Reply, http: Http, partial: Partial): Promise<void> {
  const { repo, file } = job;
  if (reply.status === 416) {
    await reply.discard();
    await partial.restart();
    throw new OslmError("network", { url: reply.url, reason: "the server has fewer bytes than were here already" });
  }
  if (!reply.ok) throw await replyError(http, reply, { repo, path: file.path });
  if (/^text\/html/i.test(reply.headers.get("content-type") ?? "") && !/\.html?$/i.test(file.path)) {
    await reply.discard();
    throw new OslmError("malformed-reply", { url: reply.url, reason: "a web page came in place of the file" });
  }
  if (reply.status === 206) {
    const range = parseContentRange(reply.headers.get("content-range"));
    if (range?.start === partial.received && (range.total ?? file.size) === file.size) return;
    await reply.discard();
    throw new OslmError("malformed-reply", {
      url: reply.url,
      reason: "another part of the file came than was asked for",
    });
  }
  // A whole file, asked for or not: what was here already comes again.
  if (partial.received > 0) await partial.restart();
  const length = reply.headers.get("content-length");
  if (length === null || Number(length) === file.size) return;
  await reply.discard();
  throw new OslmError("size-mismatch", { file: file.path, expected: file.size, actual: Number(length) });
}

async function wait(ms: Milliseconds, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
}
