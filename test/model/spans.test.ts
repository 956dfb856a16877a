import { describe, expect, test } from "vitest";
import { damagedPieces, PIECE_BYTES } from "../../src/model/piece-sums.js";
import { addSpan, edgeOf, gapsOf, lengthOf, overlaps, piecesOf, type Spans } from "../../src/model/spans.js";

const spans = (...pairs: [number, number][]): Spans => pairs.map(([start, end]) => ({ start, end }));

describe("addSpan", () => {
  test.each<[string, Spans, [number, number], Spans]>([
    ["into nothing", [], [3, 5], spans([3, 5])],
    ["before", spans([10, 20]), [0, 5], spans([0, 5], [10, 20])],
    ["after", spans([10, 20]), [30, 40], spans([10, 20], [30, 40])],
    ["touching both neighbors", spans([0, 5], [10, 20]), [5, 10], spans([0, 20])],
    ["over several", spans([1, 2], [3, 4], [5, 6], [9, 10]), [2, 7], spans([1, 7], [9, 10])],
    ["inside one", spans([0, 100]), [20, 30], spans([0, 100])],
    ["empty", spans([0, 1]), [5, 5], spans([0, 1])],
  ])("%s", (_what, before, [start, end], after) => {
    expect(addSpan(before, { start, end })).toEqual(after);
  });

  test("in any order makes the same set", () => {
    const all = piecesOf(1000, 7);
    const shuffled = [...all].sort((a, b) => ((a.start * 7919) % 1009) - ((b.start * 7919) % 1009));
    expect(shuffled).not.toEqual(all);
    expect(shuffled.reduce(addSpan, [] as Spans)).toEqual(spans([0, 1000]));
  });
});

test("gaps are what is missing, up to the end of the file", () => {
  expect(gapsOf([], 10)).toEqual(spans([0, 10]));
  expect(gapsOf(spans([2, 4], [6, 10]), 10)).toEqual(spans([0, 2], [4, 6]));
  expect(gapsOf(spans([0, 4]), 10)).toEqual(spans([4, 10]));
  expect(gapsOf(spans([0, 10]), 10)).toEqual([]);
  expect(gapsOf([], 0)).toEqual([]);
});

test("lengths, the contiguous edge and overlaps", () => {
  expect(lengthOf(spans([2, 4], [6, 10]))).toBe(6);
  expect(edgeOf(spans([0, 4], [6, 10]))).toBe(4);
  expect(edgeOf(spans([1, 4]))).toBe(0);
  expect(edgeOf([])).toBe(0);
  expect(overlaps(spans([2, 4]), { start: 4, end: 6 })).toBe(false);
  expect(overlaps(spans([2, 4]), { start: 3, end: 6 })).toBe(true);
});

test("damaged pieces are those whose sums differ; sums of another length vouch for none", () => {
  const size = 2 * PIECE_BYTES + 5;
  expect(damagedPieces(size, [1, 2, 3], [1, 9, 3])).toEqual([{ start: PIECE_BYTES, end: 2 * PIECE_BYTES }]);
  expect(damagedPieces(size, [1, 2, 3], [1, 2, 4])).toEqual([{ start: 2 * PIECE_BYTES, end: size }]);
  expect(damagedPieces(size, [1, 2], [1, 2, 3])).toHaveLength(3);
});
