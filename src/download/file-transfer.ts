// One file on its way: which ranges are to be asked for, what comes of them, and whether it is the file in the end.
import { setTimeout as sleep } from "node:timers/promises";
import { isOslmError, OslmError } from "../errors.js";
import type { Http } from "../hub/http.js";
import type { Answer } from "../hub/reply.js";
import { isStrange } from "../hub/retry.js";
import { damagedPieces, PIECE_BYTES } from "../model/piece-sums.js";
import { addSpan, gapsOf, overlaps, type Span, type Spans, withoutSpan } from "../model/spans.js";
import type { Bytes, Milliseconds } from "../model/types.js";
import { isDiskFull } from "../store/files.js";
import type { Digest, Hasher } from "../store/hasher.js";
import { Partial } from "../store/partial.js";
import type { DownloadEvent, Job } from "./job.js";
import type { Portions } from "./portions.js";
import { receive } from "./receive.js";
import { Repair } from "./repair.js";
import { Failures, PROGRESS_BYTES, reasonOf } from "./retry.js";
import { Source } from "./source.js";

export interface TransferDeps {
  readonly http: Http;
  readonly hasher: Hasher;
  readonly signal: AbortSignal;
  /** The longest silence of a server; that of `http` unless given. */
  readonly stallMs?: Milliseconds | undefined;
  /** Bytes between two moments at which the partial file survives a power cut. */
  readonly flushBytes?: Bytes | undefined;
  /** Waits; a test makes it short. */
  readonly sleep?: ((ms: Milliseconds, signal: AbortSignal) => Promise<void>) | undefined;
  /** From 0 to 1, as Math.random. */
  readonly random?: (() => number) | undefined;
  /** Keeps the sums of a verified file's pieces. */
  readonly keepSums?: ((file: Job["file"], sums: Digest["sums"]) => Promise<void>) | undefined;
  /** What it has kept of such a file. */
  readonly sumsOf?: ((file: Job["file"]) => Promise<Digest["sums"] | undefined>) | undefined;
  readonly portions: Portions;
  emit(event: DownloadEvent): void;
  /** Bytes that came over the line, for whoever measures it. */
  count(bytes: Bytes): void;
  /** A server said that it is asked too much. */
  backOff(): void;
  /** There may be work again. */
  wake(): void;
}

const CAUTIOUS_BYTES: Bytes = 64 * 1024;

type Work = () => Promise<void>;

/** A server may send less than it was asked for, but not for ever crumbs of the file. */
const SCRAP_BYTES: Bytes = 64 * 1024;
const MAX_SCRAPS = 64;

export class FileTransfer {
  readonly #source: Source;
  #partial: Partial | undefined;
  #state: "new" | "open" | "settled" = "new";
  #inFlight: Spans = [];
  #running = 0;
  /** The first reply tells whether the server knows ranges; until then one request is enough. */
  #probed = false;
  #paused = false;
  readonly #failures = new Failures();
  #downloaded = 0;
  /** The most that was here at a failure. */
  #most = 0;
  /** While all bytes are here and are not the file. */
  #repair: Repair | undefined;
  /** Replies that brought next to nothing. */
  #scraps = 0;
  /** What came is not the file, and nothing of it is kept. */
  #worthless = false;
  /** After a strange reply one small range tells whether the server is right again. */
  #cautious = false;

  constructor(
    private readonly job: Job,
    private readonly deps: TransferDeps,
  ) {
    this.#source = new Source(job, deps.http, deps.stallMs);
  }

  get settled(): boolean {
    return this.#state === "settled";
  }

  /** The next thing to do with a connection; undefined when there is nothing now. */
  take(): Work | undefined {
    if (this.settled || this.#paused) return undefined;
    if (this.#state === "new") {
      this.#state = "open";
      return this.#busy(() => this.#open());
    }
    const partial = this.#partial;
    if (partial === undefined || ((!this.#probed || this.#cautious) && this.#running > 0)) return undefined;
    const span = this.#repair ? this.#repair.next(this.#source.knowsRanges, this.#running) : this.#nextGap(partial);
    if (span === undefined) return this.#isToBeChecked(partial) ? this.#busy(async () => {}) : undefined;
    this.#inFlight = addSpan(this.#inFlight, span);
    return this.#busy(() => this.#fetch(partial, span));
  }

  #isToBeChecked(partial: Partial): boolean {
    return this.#running === 0 && partial.received === this.job.file.size && (this.#repair?.isCompared ?? true);
  }

  /** Leaves what came for the next run, unless it is worth nothing. Called once, when no connection writes any more. */
  async close(): Promise<void> {
    if (this.settled) return;
    this.#state = "settled";
    await (this.#worthless ? this.#partial?.discard() : this.#partial?.close());
  }

  #nextGap(partial: Partial): Span | undefined {
    const { size } = this.job.file;
    if (partial.received === size) return undefined;
    if (!this.#source.knowsRanges) return this.#running === 0 ? { start: 0, end: size } : undefined;
    const taken = this.#inFlight.reduce(addSpan, partial.spans);
    const [gap] = gapsOf(taken, size);
    if (gap === undefined) return undefined;
    // A piece ends where pieces end, so that the sums of pieces mean what was fetched together.
    const end = Math.min(gap.end, (Math.floor(gap.start / PIECE_BYTES) + 1) * PIECE_BYTES);
    return { start: gap.start, end: this.#cautious ? Math.min(end, gap.start + CAUTIOUS_BYTES) : end };
  }

  #busy(work: Work): Work {
    this.#running++;
    return async () => {
      try {
        await work();
      } finally {
        this.#running--;
      }
      await this.#settleIfComplete();
    };
  }

  async #open(): Promise<void> {
    const { file, target, root } = this.job;
    const { hasher, flushBytes, emit } = this.deps;
    const partial = await Partial.open(target, file, { root, hasher, flushBytes });
    this.#partial = partial;
    emit({ type: "start", path: file.path, present: partial.received, total: file.size });
  }

  async #fetch(partial: Partial, wanted: Span): Promise<void> {
    const { file } = this.job;
    const { signal, emit, count } = this.deps;
    let inBody = false;
    try {
      const { reply, span } = await this.#source.open(wanted, signal);
      this.#probed = true;
      const repair = this.#repair;
      // The whole file in place of a range is fetched alone: nobody may write while what is here is forgotten.
      if (repair === undefined && !this.#source.knowsRanges && this.#running > 1) {
        await reply.discard();
        return;
      }
      if (repair === undefined && overlaps(partial.spans, span)) partial.restart();
      this.deps.wake();
      const sink = async (offset: Bytes, bytes: Buffer) => {
        const { length } = bytes;
        if (repair === undefined) await partial.write(offset, bytes);
        else if (await partial.replace(offset, bytes)) repair.differs();
        this.#downloaded += length;
        count(length);
        emit({ type: "progress", path: file.path, received: partial.received });
      };
      inBody = true;
      await receive(reply, span, { file, portions: this.deps.portions, sink });
      const isScrap = span.end - span.start < Math.min(SCRAP_BYTES, wanted.end - wanted.start);
      if (isScrap && ++this.#scraps > MAX_SCRAPS) throw scraps(reply);
      if (!isScrap) this.#failures.forget();
      this.#cautious = false;
      // What is missing is seen; what is doubtful has to be remembered.
      if (span.end < wanted.end) repair?.first({ start: span.end, end: wanted.end });
    } catch (error) {
      this.#repair?.last(wanted);
      await this.#afterFailure(error, inBody);
    } finally {
      this.#inFlight = withoutSpan(this.#inFlight, wanted);
    }
  }

  /**
   * Waits for what passes by itself, while other connections go on. Numbers that disagree before any byte came say nothing
   * against what is here; a body that does, does. @throws what does not pass
   */
  async #afterFailure(error: unknown, inBody: boolean): Promise<void> {
    const { signal, emit, backOff, random = Math.random } = this.deps;
    const { path } = this.job.file;
    signal.throwIfAborted();
    this.#cautious ||= isStrange(error);
    const most = this.#partial?.received ?? 0;
    if (this.#repair === undefined && most - this.#most >= PROGRESS_BYTES) this.#failures.forget();
    this.#most = Math.max(this.#most, most);
    // Several connections that break at once are one failure.
    if (this.#paused) return;
    const afterMs = this.#failures.add(error, random());
    if (afterMs === undefined) {
      this.#worthless = inBody && isOslmError(error, "size-mismatch");
      throw this.#giveUp(error);
    }
    // Silence too: some servers let a connection wait until others have ended.
    if (isOslmError(error, "rate-limited") || isOslmError(error, "hub-failed") || isOslmError(error, "network"))
      backOff();
    emit({ type: "retry", path, afterMs, reason: reasonOf(error) });
    this.#paused = true;
    void (this.deps.sleep ?? wait)(afterMs, signal)
      .catch(() => undefined)
      .then(() => {
        this.#paused = false;
        this.deps.wake();
      });
  }

  #giveUp(error: unknown): unknown {
    if (!isDiskFull(error)) return error;
    // It filled up meanwhile.
    const need = this.job.file.size - (this.#partial?.received ?? 0);
    return new OslmError("disk-full", { path: this.job.target, need, have: 0 }, { cause: error });
  }

  async #settleIfComplete(): Promise<void> {
    const partial = this.#partial;
    if (partial === undefined || this.settled || this.#running > 0 || this.#paused) return;
    if (partial.received < this.job.file.size) return;
    if (this.#repair && !this.#repair.isToBeHashed) return;
    this.#running++;
    try {
      await this.#check(partial);
    } finally {
      this.#running--;
    }
  }

  /** The pieces that are not what they were when the file was right; undefined when nobody knows. */
  async #notAsBefore(sums: Digest["sums"]): Promise<Spans | undefined> {
    const { file } = this.job;
    const known = await this.deps.sumsOf?.(file);
    const damaged = known === undefined ? [] : damagedPieces(file.size, known, sums);
    return damaged.length > 0 ? damaged : undefined;
  }

  async #check(partial: Partial): Promise<void> {
    const { file } = this.job;
    const { emit, keepSums } = this.deps;
    const { hex, sums } = await partial.digest();
    const expected = file.sha256 ?? file.gitOid ?? "";
    if (hex === expected) {
      await keepSums?.(file, sums);
      await partial.finish();
      this.#state = "settled";
      emit({ type: "verified", path: file.path, downloaded: this.#downloaded });
      return;
    }
    if (this.#repair === undefined) {
      emit({ type: "repair", path: file.path });
      this.#repair = new Repair(file.size, partial.inherited, await this.#notAsBefore(sums));
      return;
    }
    if (this.#repair.goesOn(partial.inherited)) return;
    const wrong = this.#repair.wasBlamed ? await this.#notAsBefore(sums) : undefined;
    // The source sends wrong bytes; those that are as they were are not paid for again.
    if (wrong !== undefined) partial.keepOnly(gapsOf(wrong, file.size));
    else this.#worthless = true;
    throw new OslmError("checksum-mismatch", { file: file.path, expected, actual: hex });
  }
}

function scraps({ url }: Answer): OslmError<"malformed-reply"> {
  return new OslmError("malformed-reply", { url, reason: "the file comes in pieces of a few bytes" });
}

async function wait(ms: Milliseconds, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal });
}
