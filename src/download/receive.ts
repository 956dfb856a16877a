// The body of one reply, handed on in portions that are worth a write.
import { OslmError } from "../errors.js";
import type { Reply } from "../hub/reply.js";
import type { Span } from "../model/spans.js";
import type { Bytes, Milliseconds } from "../model/types.js";

/** Fewer, larger writes: each costs a trip through the thread pool. */
const PORTION_BYTES: Bytes = 1024 * 1024;
/** Slow lines write sooner, so that a crash loses little. */
const SMALL_PORTION_BYTES: Bytes = 64 * 1024;
const SOON_MS: Milliseconds = 50;
const LATE_MS: Milliseconds = 500;

/** Puts pieces that follow one another at `offset`. */
export type Sink = (offset: Bytes, chunks: readonly Uint8Array[]) => Promise<void>;

/**
 * Hands the bytes of `span` to `sink`, one portion being written while the next comes. What came before a failure is
 * handed on too. @throws OslmError network when less comes, size-mismatch when more comes, and what the sink throws
 */
export async function receive(reply: Reply, span: Span, file: { readonly path: string }, sink: Sink): Promise<void> {
  let chunks: Uint8Array[] = [];
  let [at, length, since] = [span.start, 0, performance.now()];
  let writing = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  /** Resolves when the portion before is written. */
  const hand = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const before = writing;
    if (length === 0) return before;
    const [offset, portion] = [at, chunks];
    at += length;
    [chunks, length, since] = [[], 0, performance.now()];
    writing = before.then(() => sink(offset, portion));
    // Awaited by the next portion, or at the end.
    writing.catch(() => undefined);
    return before;
  };
  try {
    for await (const chunk of reply.chunks()) {
      if (at + length + chunk.length > span.end) {
        throw new OslmError("size-mismatch", {
          file: file.path,
          expected: span.end,
          actual: at + length + chunk.length,
        });
      }
      chunks.push(chunk);
      length += chunk.length;
      const isEnough = length >= SMALL_PORTION_BYTES && performance.now() - since >= SOON_MS;
      if (length >= PORTION_BYTES || isEnough) await hand();
      // The server may fall silent: what is here is written all the same.
      else timer ??= setTimeout(hand, LATE_MS);
    }
  } finally {
    await reply.discard();
    await hand();
    await writing;
  }
  if (at === span.end) return;
  // Ended in good order: a shorter file. Without length and chunks a lost connection looks the same.
  const isWhole =
    reply.status === 200 && (reply.headers.has("content-length") || reply.headers.has("transfer-encoding"));
  if (isWhole) throw new OslmError("size-mismatch", { file: file.path, expected: span.end, actual: at });
  throw new OslmError("network", { url: reply.url, reason: `the answer ended ${span.end - at} bytes early` });
}
