// Several files over several connections, until each is verified and in place.
import { setMaxListeners } from "node:events";
import type { Http } from "../hub/http.js";
import { Hasher } from "../store/hasher.js";
import { Budget, WINDOW_MS } from "./budget.js";
import { EventQueue } from "./event-queue.js";
import { FileTransfer, type TransferDeps } from "./file-transfer.js";
import type { DownloadEvent, Job } from "./job.js";
import { Portions } from "./portions.js";

export interface DownloadDeps
  extends Pick<TransferDeps, "stallMs" | "flushBytes" | "sleep" | "random" | "keepSums" | "sumsOf"> {
  readonly http: Http;
  readonly signal?: AbortSignal | undefined;
  /** Made here unless given. */
  readonly hasher?: Hasher | undefined;
}

/**
 * Yields progress until all files are verified and have their names; the first failure ends the others, whose partial
 * files stay. Two jobs with one target are one. The caller holds the locks of the targets.
 * @throws OslmError checksum-mismatch, size-mismatch (nothing of the wrong bytes is left); malformed-reply, network,
 *   rate-limited, hub-failed after several attempts, gated ..., disk-full and the signal's reason (what came before is
 *   kept, to be resumed)
 */
export async function* download(jobs: readonly Job[], deps: DownloadDeps): AsyncGenerator<DownloadEvent, void> {
  const distinct = [...new Map(jobs.map((job) => [job.target, job])).values()];
  if (distinct.length === 0) return;
  deps.signal?.throwIfAborted();
  const events = new EventQueue<DownloadEvent>();
  const stop = new AbortController();
  const onAbort = () => stop.abort(deps.signal?.reason);
  deps.signal?.addEventListener("abort", onAbort, { once: true });
  events.push({ type: "plan", files: distinct.length, total: distinct.reduce((sum, { file }) => sum + file.size, 0) });
  const hasher = deps.hasher ?? new Hasher();
  const ended = new Crew(distinct, { ...deps, hasher }, stop, (event) => events.push(event)).run().then(
    () => events.end(),
    (error: unknown) => events.fail(error),
  );
  try {
    yield* events;
  } finally {
    stop.abort(new Error("nobody reads on"));
    await ended;
    deps.signal?.removeEventListener("abort", onAbort);
    if (deps.hasher === undefined) await hasher.close();
  }
}

/** Gives every connection that the budget allows something to do, the first files first. */
class Crew {
  readonly #transfers: readonly FileTransfer[];
  readonly #budget = new Budget();
  readonly #portions = new Portions();
  #working = 0;
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #done = () => {};

  constructor(
    jobs: readonly Job[],
    deps: Omit<TransferDeps, "portions" | "emit" | "count" | "backOff" | "wake" | "signal">,
    private readonly stop: AbortController,
    emit: (event: DownloadEvent) => void,
  ) {
    const count = (bytes: number) => {
      this.#bytes += bytes;
    };
    const all = {
      ...deps,
      portions: this.#portions,
      emit,
      count,
      signal: stop.signal,
      backOff: () => this.#budget.backOff(),
      wake: () => this.#assign(),
    };
    this.#transfers = jobs.map((job) => new FileTransfer(job, all));
  }

  async run(): Promise<void> {
    const timer = setInterval(() => {
      this.#budget.tick(this.#bytes, this.#working >= this.#budget.limit);
      this.#portions.shareAmong(this.#budget.limit);
      this.#bytes = 0;
      this.#assign();
    }, WINDOW_MS);
    // One listener for each request that is open, and a few more.
    setMaxListeners(0, this.stop.signal);
    const onAbort = () => this.#fail(this.stop.signal.reason);
    this.stop.signal.addEventListener("abort", onAbort, { once: true });
    try {
      await new Promise<void>((resolve) => {
        this.#done = resolve;
        this.#assign();
      });
    } finally {
      clearInterval(timer);
      await Promise.all(this.#transfers.map((transfer) => transfer.close()));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #assign(): void {
    while (this.#failure === undefined && this.#working < this.#budget.limit) {
      const work = this.#next();
      if (work === undefined) break;
      this.#working++;
      work()
        .catch((error: unknown) => this.#fail(error))
        .finally(() => {
          this.#working--;
          this.#assign();
        });
    }
    if (this.#working > 0) return;
    if (this.#failure !== undefined || this.#transfers.every(({ settled }) => settled)) this.#done();
  }

  #next(): (() => Promise<void>) | undefined {
    for (const transfer of this.#transfers) {
      const work = transfer.take();
      if (work !== undefined) return work;
    }
    return undefined;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.stop.abort(error);
    this.#assign();
  }
}
