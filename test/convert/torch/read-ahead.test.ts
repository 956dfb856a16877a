import { describe, expect, it } from "vitest";
import { ReadAhead } from "../../../src/convert/torch/read-ahead.js";

/** Bytes that are their own index, of a tensor of so many; remembers what was read. */
function counting(all: number) {
  const reads: [from: number, count: number][] = [];
  const read = async (from: number, count: number) => {
    if (from + count > all) throw new RangeError(`${from}+${count}`);
    reads.push([from, count]);
    return Uint8Array.from({ length: count }, (_, i) => from + i);
  };
  return { reads, read };
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe("ReadAhead", () => {
  it("reads ahead once a tensor is read in order, to its end and no further", async () => {
    const { reads, read } = counting(100);
    const ahead = new ReadAhead(40);
    const tensor = {};
    for (let from = 0; from < 100; from += 10) {
      expect([...(await ahead.get(tensor, 1, 100, read, from, 10))]).toEqual(range(from, 10));
    }
    expect(reads).toEqual([
      [0, 10],
      [10, 40],
      [50, 40],
      [90, 10],
    ]);
  });

  it("reads no more than was asked for out of order", async () => {
    const { reads, read } = counting(100);
    const ahead = new ReadAhead(40);
    const tensor = {};
    for (const from of [50, 20, 80, 0]) {
      expect([...(await ahead.get(tensor, 1, 100, read, from, 5))]).toEqual(range(from, 5));
    }
    expect(reads.map(([, count]) => count)).toEqual([5, 5, 5, 5]);
  });

  it("keeps tensors apart, and requests that run at once", async () => {
    const one = counting(100);
    const ahead = new ReadAhead(40);
    const [a, b] = [{}, {}];
    const shifted = async (from: number, count: number) => (await one.read(from, count)).map((value) => value + 100);
    const requests = range(0, 20).map((i) => ahead.get(i % 2 ? a : b, 1, 100, i % 2 ? one.read : shifted, i * 5, 5));
    for (const [i, bytes] of (await Promise.all(requests)).entries()) {
      expect([...bytes]).toEqual(range(i * 5 + (i % 2 ? 0 : 100), 5));
    }
  });
});
