// One file on its way: which ranges are to be asked for, what comes of them, and whether it is the file in the end.
import { setTimeout as sleep } from "node:timers/promises";
import { isOslmError, OslmError } from "../errors.js";
import type { Http } from "../hub/http.js";
import type { Answer } from "../hub/reply.js";
import { isStrange } from "../hub/retry.js";
import { damagedPieces, PIECE_BYTES } from "../model/piece-sums.js";
import { addSpan, gapsOf, overlaps, piecesOf, type Span, type Spans } from "../model/spans.js";
import type { Bytes, Milliseconds } from "../model/types.js";
import { isDiskFull } from "../store/files.js";
import type { Digest, Hasher } from "../store/hasher.js";
import { Partial } from "../store/partial.js";
import type { DownloadEvent, Job } from "./job.js";
import type { Portions } from "./portions.js";
import { receive } from "./receive.js";
import { Failures, PROGRESS_BYTES } from "./retry.js";
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

/** At a time: mostly one piece is wrong, and each of the others is fetched for nothing. */
const MAX_COMPARED = 2;

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
  /** While all bytes are here and are not the file: what is still to be compared with the source. */
  #doubtful: Span[] | undefined;
  #replaced = false;
  /** Those of them that the sums of the right file speak against. */
  #blamed: Spans | undefined;
  #checked = 0;
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
    const span = this.#doubtful ? this.#nextDoubtful(this.#doubtful) : this.#nextGap(partial);
    if (span === undefined) return this.#isToBeChecked(partial) ? this.#busy(async () => {}) : undefined;
    this.#inFlight = addSpan(this.#inFlight, span);
    return this.#busy(() => this.#fetch(partial, span));
  }

  #isToBeChecked(partial: Partial): boolean {
    return this.#running === 0 && partial.received === this.job.file.size && (this.#doubtful?.length ?? 0) === 0;
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

  /** After the first difference the hash decides whether it was the only one, before more is fetched. */
  #nextDoubtful(doubtful: Span[]): Span | undefined {
    if (this.#replaced && this.#checked === 1) return undefined;
    if (this.#source.knowsRanges) return this.#running < MAX_COMPARED ? doubtful.shift() : undefined;
    if (this.#running > 0 || doubtful.length === 0) return undefined;
    doubtful.length = 0;
    return { start: 0, end: this.job.file.size };
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
      const comparing = this.#doubtful !== undefined;
      // The whole file in place of a range is fetched alone: nobody may write while what is here is forgotten.
      if (!comparing && !this.#source.knowsRanges && this.#running > 1) {
        await reply.discard();
        return;
      }
      if (!comparing && overlaps(partial.spans, span)) partial.restart();
      this.deps.wake();
      const sink = async (offset: Bytes, bytes: Buffer) => {
        const { length } = bytes;
        if (comparing) this.#replaced = (await partial.replace(offset, bytes)) || this.#replaced;
        else await partial.write(offset, bytes);
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
      if (span.end < wanted.end) this.#doubtful?.unshift({ start: span.end, end: wanted.end });
    } catch (error) {
      if (this.#doubtful !== undefined) this.#doubtful.push(wanted);
      await this.#afterFailure(error, inBody);
    } finally {
      this.#inFlight = without(this.#inFlight, wanted);
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
    if (this.#doubtful === undefined && most - this.#most >= PROGRESS_BYTES) this.#failures.forget();
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
    const isCompared = this.#doubtful === undefined || this.#doubtful.length === 0;
    if (!isCompared && !(this.#replaced && this.#checked === 1)) return;
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
    this.#checked++;
    if (this.#doubtful === undefined) {
      emit({ type: "repair", path: file.path });
      this.#blamed = await this.#notAsBefore(sums);
      this.#doubtful = [...(this.#blamed ?? suspects(file.size, partial.inherited))];
    } else if (this.#doubtful.length === 0) {
      const blamed = this.#blamed ?? [];
      this.#blamed = undefined;
      if (blamed.some((piece) => overlaps(partial.inherited, piece)) && !this.#replaced) {
        // What was here before is as the source has it: the sums are wrong about the file.
        this.#doubtful = suspects(file.size, partial.inherited).filter((piece) => !overlaps(blamed, piece));
        return;
      }
      const wrong = blamed.length > 0 ? await this.#notAsBefore(sums) : undefined;
      // The source sends wrong bytes; those that are as they were are not paid for again.
      if (wrong !== undefined) partial.keepOnly(gapsOf(wrong, file.size));
      else this.#worthless = true;
      throw new OslmError("checksum-mismatch", { file: file.path, expected, actual: hex });
    }
  }
}

/** All pieces, first those with bytes of an earlier run: power cuts and changed files damage these. */
function suspects(size: Bytes, inherited: Spans): Span[] {
  const pieces = piecesOf(size, PIECE_BYTES);
  return [
    ...pieces.filter((piece) => overlaps(inherited, piece)),
    ...pieces.filter((piece) => !overlaps(inherited, piece)),
  ];
}

function without(spans: Spans, { start, end }: Span): Spans {
  return spans.flatMap((span) => [
    ...(span.start < start ? [{ start: span.start, end: Math.min(span.end, start) }] : []),
    ...(span.end > end ? [{ start: Math.max(span.start, end), end: span.end }] : []),
  ]);
}

function scraps({ url }: Answer): OslmError<"malformed-reply"> {
  return new OslmError("malformed-reply", { url, reason: "the file comes in pieces of a few bytes" });
}

function reasonOf(error: unknown): string {
  if (isOslmError(error, "network")) return error.facts.reason;
  if (isOslmError(error, "hub-failed")) return `the server answered ${error.facts.status}`;
  if (isOslmError(error, "rate-limited")) return "the server asks to wait";
  if (isOslmError(error, "malformed-reply")) return error.facts.reason;
  if (isOslmError(error, "size-mismatch")) return `${error.facts.actual} bytes in place of ${error.facts.expected}`;
  return isOslmError(error) ? error.code : String(error);
}

async function wait(ms: Milliseconds, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal });
}
