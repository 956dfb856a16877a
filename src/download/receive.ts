// The body of one reply, handed on in portions that are worth a write.
import { OslmError } from "../errors.js";
import type { Reply } from "../hub/reply.js";
import type { Span } from "../model/spans.js";
import type { Bytes, Milliseconds } from "../model/types.js";
import type { Portions } from "./portions.js";

/** Slow lines write sooner, so that a crash loses little. */
const SMALL_PORTION_BYTES: Bytes = 64 * 1024;
const SOON_MS: Milliseconds = 50;
const LATE_MS: Milliseconds = 500;

/** Puts bytes at `offset`; they are not kept after it has ended. */
export type Sink = (offset: Bytes, bytes: Buffer) => Promise<void>;

/**
 * Hands the bytes of `span` to `sink`, one portion being written while the next comes. What came before a failure is
 * handed on too. @throws OslmError network when less comes, size-mismatch when more comes, and what the sink throws
 */
export async function receive(
  reply: Reply,
  span: Span,
  {
    file,
    portions,
    sink,
  }: { readonly file: { readonly path: string }; readonly portions: Portions; readonly sink: Sink },
): Promise<void> {
  // One is filled while the other is written. What the socket gives is let go of at once: kept for a write, it outlives
  // the collection of young garbage, and piles up.
  let [filling, written] = [portions.take(), portions.take()];
  let [at, length, since] = [span.start, 0, performance.now()];
  let writing = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  /** Resolves when the portion before is written, and its memory free for the next. */
  const hand = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await writing;
    if (length === 0) return;
    const [offset, portion] = [at, filling.subarray(0, length)];
    [filling, written] = [written, filling];
    at += length;
    [length, since] = [0, performance.now()];
    writing = sink(offset, portion);
    // Awaited by the next portion, or at the end.
    writing.catch(() => undefined);
  };
  try {
    for await (const chunk of reply.chunks()) {
      const end = at + length + chunk.length;
      if (end > span.end) throw new OslmError("size-mismatch", { file: file.path, expected: span.end, actual: end });
      for (let from = 0; from < chunk.length; ) {
        const copied = chunk.copy(filling, length, from);
        from += copied;
        length += copied;
        if (length === filling.length) await hand();
      }
      if (length >= SMALL_PORTION_BYTES && performance.now() - since >= SOON_MS) await hand();
      // The server may fall silent: what is here is written all the same. An error is met again by whoever hands next.
      if (length > 0) timer ??= setTimeout(() => hand().catch(() => undefined), LATE_MS);
    }
  } finally {
    await reply.discard();
    await hand();
    await writing;
    portions.give(filling, written);
  }
  if (at === span.end) return;
  // Ended in good order: a shorter file. Without length and chunks a lost connection looks the same.
  const isWhole =
    reply.status === 200 && (reply.headers.has("content-length") || reply.headers.has("transfer-encoding"));
  if (isWhole) throw new OslmError("size-mismatch", { file: file.path, expected: span.end, actual: at });
  throw new OslmError("network", { url: reply.url, reason: `the answer ended ${span.end - at} bytes early` });
}
