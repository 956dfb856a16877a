// Elements of tensors that are not in the order of their storage: the right ones, by few reads of bounded size.
import { describe, expect, it } from "vitest";
import { gather, type Layout } from "../../../src/convert/torch/gather.js";
import { random } from "../../support/random.js";

/** A storage whose every element is its own index, in 32 bits; it remembers what was read. */
function counting(elements: number) {
  const reads: number[] = [];
  const read = async (from: number, length: number): Promise<Uint8Array> => {
    if (from < 0 || from + length > elements * 4) throw new RangeError(`${from}+${length}`);
    reads.push(length);
    return new Uint8Array(Uint32Array.from({ length: length / 4 }, (_, i) => from / 4 + i).buffer);
  };
  return { reads, read };
}

/** The place of an element in the storage, by the definition of strides. */
function placeOf({ offset, shape, strides }: Layout, index: number): number {
  let place = offset;
  for (let rest = index, dimension = shape.length - 1; dimension >= 0; dimension--) {
    const size = shape[dimension] ?? 1;
    place += (rest % size) * (strides[dimension] ?? 0);
    rest = Math.floor(rest / size);
  }
  return place;
}

async function check(layout: Layout, elements: number, from: number, count: number) {
  const { reads, read } = counting(elements);
  const bytes = await gather(layout, read, from, count);
  const got = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  expect(got.length).toBe(count);
  let wrong = 0;
  for (let i = 0; i < count; i++) if (got[i] !== placeOf(layout, from + i)) wrong++;
  expect(wrong).toBe(0);
  return { reads: reads.length, largest: Math.max(0, ...reads), bytes: reads.reduce((sum, length) => sum + length, 0) };
}

describe("gather", () => {
  it("reads rows of a transposed matrix in one pass over what they touch", async () => {
    const layout = { offset: 0, shape: [2048, 2048], strides: [1, 2048], width: 4 };
    const read = await check(layout, 2048 * 2048, 2048 * 100, 2048 * 64);
    expect(read.largest).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(read.bytes).toBeLessThanOrEqual(2048 * 2048 * 4);
    expect(read.reads).toBeLessThanOrEqual(6);
  });

  it("reads what is far apart alone", async () => {
    const layout = { offset: 7, shape: [300, 2], strides: [100_000, 1], width: 4 };
    expect(await check(layout, 30_000_000, 0, 600)).toEqual({ reads: 300, largest: 8, bytes: 2400 });
    const column = { offset: 7, shape: [300], strides: [100_000], width: 4 };
    expect(await check(column, 30_000_000, 0, 300)).toEqual({ reads: 300, largest: 4, bytes: 1200 });
  });

  it("reads a long row with gaps a few megabytes at once", async () => {
    const layout = { offset: 0, shape: [100_000], strides: [40], width: 4 };
    const read = await check(layout, 4_000_000, 0, 100_000);
    expect(read.largest).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(read.reads).toBeLessThanOrEqual(5);
  });

  it("reads an element that is repeated once", async () => {
    const layout = { offset: 3, shape: [1000, 1000], strides: [0, 0], width: 4 };
    expect(await check(layout, 10, 0, 1_000_000)).toMatchObject({ reads: 1, bytes: 4 });
  });

  it("reads any window of any shape", async () => {
    const { next } = random(3);
    const upTo = (limit: number) => Math.floor(next() * limit);
    for (let round = 0; round < 300; round++) {
      const shape = Array.from({ length: upTo(5) }, () => 1 + upTo(5));
      const strides = shape.map(() => upTo(12));
      const offset = upTo(10);
      const all = shape.reduce((product, size) => product * size, 1);
      const elements = offset + shape.reduce((sum, size, i) => sum + (size - 1) * (strides[i] ?? 0), 0) + 1;
      const from = upTo(all);
      await check({ offset, shape, strides, width: 4 }, elements, from, upTo(all - from + 1));
    }
  });
});
