// Which pieces of a wrong file are compared with its source, and in what order.
import { expect, it } from "vitest";
import { Repair } from "../../src/download/repair.js";
import { PIECE_BYTES } from "../../src/model/piece-sums.js";

const piece = (index: number) => ({ start: index * PIECE_BYTES, end: (index + 1) * PIECE_BYTES });
const size = 3 * PIECE_BYTES;
const left = (repair: Repair) => [repair.next(true, 0), repair.next(true, 0), repair.next(true, 0)];

it("begins with what an earlier run left", () => {
  expect(left(new Repair(size, [piece(1)]))).toEqual([piece(1), piece(0), piece(2)]);
});

it("goes on at once where a reply ended early, and asks again last for what failed", () => {
  const repair = new Repair(size, []);
  const wanted = piece(0);
  expect(repair.next(true, 0)).toEqual(wanted);
  repair.first({ start: 1000, end: wanted.end });
  expect(repair.next(true, 0)).toEqual({ start: 1000, end: wanted.end });
  repair.last(wanted);
  expect(left(repair)).toEqual([piece(1), piece(2), wanted]);
  expect(repair.isCompared).toBe(true);
});

it("compares the others where the sums were wrong about the pieces they blame", () => {
  const repair = new Repair(size, [piece(1)], [piece(1)]);
  expect(repair.next(true, 0)).toEqual(piece(1));
  expect(repair.goesOn([piece(1)])).toBe(true);
  expect(left(repair)).toEqual([piece(0), piece(2), undefined]);
  expect(repair.goesOn([piece(1)])).toBe(false);
});

it("gives up where a piece that the sums blame differed, and the file is still another", () => {
  const repair = new Repair(size, [piece(1)], [piece(1)]);
  expect(repair.next(true, 0)).toEqual(piece(1));
  repair.differs();
  expect([repair.goesOn([piece(1)]), left(repair)]).toEqual([false, [undefined, undefined, undefined]]);
});
