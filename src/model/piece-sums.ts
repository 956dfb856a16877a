// A file in pieces: ranges that are fetched on their own, and that are found and fetched again when they are damaged.
import type { Span, Spans } from "./spans.js";
import { piecesOf } from "./spans.js";
import type { Bytes } from "./types.js";

/** Large enough that asking costs nothing (20 ms for a request are 5 % at 20 MB/s), small enough to be lost. */
export const PIECE_BYTES: Bytes = 8 * 1024 * 1024;

/** The pieces of a file of `size` bytes whose sums differ; all of them when the sums are not of such a file. */
export function damagedPieces(size: Bytes, known: readonly number[], found: readonly number[]): Spans {
  const pieces: readonly Span[] = piecesOf(size, PIECE_BYTES);
  if (known.length !== pieces.length) return pieces;
  return pieces.filter((_, index) => known[index] !== found[index]);
}
