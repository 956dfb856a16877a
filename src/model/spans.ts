// Sets of byte ranges: which parts of a file are here.
import type { Bytes } from "./types.js";

/** Bytes from `start` up to and without `end`. */
export interface Span {
  readonly start: Bytes;
  readonly end: Bytes;
}

/** In order, none empty, none touching the next. */
export type Spans = readonly Span[];

/** `spans` with one more range, which may overlap them. */
export function addSpan(spans: Spans, added: Span): Spans {
  if (added.end <= added.start) return spans;
  const before = spans.filter(({ end }) => end < added.start);
  const after = spans.filter(({ start }) => start > added.end);
  const touching = spans.slice(before.length, spans.length - after.length);
  const start = Math.min(added.start, touching[0]?.start ?? added.start);
  const end = Math.max(added.end, touching.at(-1)?.end ?? added.end);
  return [...before, { start, end }, ...after];
}

/** `spans` without that range. */
export function withoutSpan(spans: Spans, { start, end }: Span): Spans {
  return spans.flatMap((span) => [
    ...(span.start < start ? [{ start: span.start, end: Math.min(span.end, start) }] : []),
    ...(span.end > end ? [{ start: Math.max(span.start, end), end: span.end }] : []),
  ]);
}

/** What `spans` lack of a file of `size` bytes. */
export function gapsOf(spans: Spans, size: Bytes): Spans {
  const gaps: Span[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    if (start > at) gaps.push({ start: at, end: start });
    at = end;
  }
  if (at < size) gaps.push({ start: at, end: size });
  return gaps;
}

export function lengthOf(spans: Spans): Bytes {
  return spans.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Bytes from the beginning without a gap. */
export function edgeOf([first]: Spans): Bytes {
  return first?.start === 0 ? first.end : 0;
}

/** A file of `size` bytes in pieces of `length`, the last one shorter. */
export function piecesOf(size: Bytes, length: Bytes): Span[] {
  return Array.from({ length: Math.ceil(size / length) }, (_, index) => ({
    start: index * length,
    end: Math.min(size, (index + 1) * length),
  }));
}

export function overlaps(spans: Spans, { start, end }: Span): boolean {
  return spans.some((span) => span.start < end && start < span.end);
}
