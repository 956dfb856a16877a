// The body of one reply, handed on in portions that are worth a write.
import { OslmError } from "../errors.js";
import type { Answer } from "../hub/reply.js";
import type { Vessel } from "../hub/vessel.js";
import type { Span } from "../model/spans.js";
import type { Bytes, Milliseconds } from "../model/types.js";
import { PORTIONS_EACH, type Portions } from "./portions.js";

/** Slow lines write sooner, so that a crash loses little. */
const SMALL_PORTION_BYTES: Bytes = 64 * 1024;
const SOON_MS: Milliseconds = 50;
const LATE_MS: Milliseconds = 500;

/** Puts bytes at `offset`; they are not kept after it has ended. */
export type Sink = (offset: Bytes, bytes: Buffer) => Promise<void>;

interface Into {
  readonly file: { readonly path: string };
  readonly portions: Portions;
  readonly sink: Sink;
}

/**
 * Hands the bytes of `span` to `sink`, one portion being written while the next comes. What came before a failure is
 * handed on too. @throws OslmError network when less comes, size-mismatch when more comes, and what the sink throws
 */
export async function receive(reply: Answer, span: Span, into: Into): Promise<void> {
  const portion = new Filling(span, into);
  try {
    await reply.pour(portion);
  } finally {
    await reply.discard();
    await portion.end();
  }
  const { at } = portion;
  if (at === span.end) return;
  // Ended in good order: a shorter file. Without length and chunks a lost connection looks the same.
  const isWhole =
    reply.status === 200 && (reply.headers.has("content-length") || reply.headers.has("transfer-encoding"));
  if (isWhole) throw new OslmError("size-mismatch", { file: into.file.path, expected: span.end, actual: at });
  throw new OslmError("network", { url: reply.url, reason: `the answer ended ${span.end - at} bytes early` });
}

/** Bytes that wait for the disk. */
interface Due {
  readonly bytes: Buffer;
  /** No more of this portion will follow: its memory is free then. */
  readonly last: boolean;
}

/** One portion is filled while those before are written, each at its turn. */
class Filling implements Vessel {
  /** A part of it may be on its way to the disk already; whoever fills it holds on to the rest. */
  #filling: Buffer | undefined;
  #from = 0;
  #length = 0;
  #since = 0;
  readonly #due: Due[] = [];
  #portions = 0;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** Where in the file the next bytes to be written belong. */
  #written: Bytes;
  /** The end of what has come. */
  at: Bytes;

  constructor(
    private readonly span: Span,
    private readonly into: Into,
  ) {
    [this.#written, this.at] = [span.start, span.start];
  }

  room(): Buffer | undefined {
    if (this.#failure !== undefined) return undefined;
    if (this.#filling === undefined && this.#portions < PORTIONS_EACH) {
      this.#portions++;
      this.#filling = this.into.portions.take();
    }
    return this.#filling?.subarray(this.#length);
  }

  filled(length: number): void {
    const end = this.at + length;
    if (end > this.span.end) {
      throw new OslmError("size-mismatch", { file: this.into.file.path, expected: this.span.end, actual: end });
    }
    if (this.#length === this.#from) this.#since = performance.now();
    this.at = end;
    this.#length += length;
    const isWorth = this.#length - this.#from >= SMALL_PORTION_BYTES && performance.now() - this.#since >= SOON_MS;
    if (this.#length === this.#filling?.length || isWorth) this.#hand();
    // The server may fall silent: what is here is written all the same.
    else this.#timer ??= setTimeout(() => this.#hand(), LATE_MS);
  }

  async freed(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Resolves when all that came is written; nothing may be filled any more. @throws what the sink threw */
  async end(): Promise<void> {
    this.#hand();
    while (this.#writing !== undefined) await this.#writing;
    if (this.#filling !== undefined) this.into.portions.give(this.#filling);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #hand(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#filling === undefined || this.#length === this.#from) return;
    const last = this.#length === this.#filling.length;
    this.#due.push({ bytes: this.#filling.subarray(this.#from, this.#length), last });
    this.#from = this.#length;
    if (last) [this.#filling, this.#from, this.#length] = [undefined, 0, 0];
    this.#write();
  }

  #write(): void {
    const due = this.#due[0];
    if (due === undefined || this.#writing !== undefined || this.#failure !== undefined) return;
    this.#writing = this.into
      .sink(this.#written, due.bytes)
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .then(() => {
        this.#due.shift();
        this.#written += due.bytes.length;
        if (due.last) this.#portions--;
        if (due.last) this.into.portions.give(due.bytes);
        this.#writing = undefined;
        this.#write();
      });
  }
}
