// Tensors made of others, in any pieces that they are read in.
import { expect, it } from "vitest";
import type { CheckpointTensor } from "../../src/convert/checkpoint.js";
import { arrange, computed, joined, transposed } from "../../src/convert/reshape.js";
import { failureOf } from "../support/failure-of.js";

function tensor(name: string, shape: readonly number[], first = 0): CheckpointTensor {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: count }, (_, i) => first + i);
  return {
    name,
    type: "F32",
    shape,
    read: async (from = 0, length = count - from) => new Uint8Array(values.slice(from, from + length).buffer),
  };
}

const read = async (one: CheckpointTensor, from?: number, count?: number) => [
  ...new Float32Array(Uint8Array.from(await one.read(from, count)).buffer),
];

/** Whole, and in pieces of every size from every place. */
async function check(made: CheckpointTensor, expected: readonly number[]): Promise<void> {
  expect(await read(made)).toEqual(expected);
  for (let from = 0; from < expected.length; from += 3) {
    for (const count of [1, 2, 5, expected.length - from]) {
      if (from + count > expected.length) continue;
      expect(await read(made, from, count)).toEqual(expected.slice(from, from + count));
    }
  }
}

it("puts rows in another order", async () => {
  await check(
    arrange(tensor("a", [4, 3]), [4, 3], 3, (row) => 3 - row),
    [9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2],
  );
  const far = arrange(tensor("b", [400, 2]), [4, 2], 2, (row) => row * 130);
  await check(far, [0, 1, 260, 261, 520, 521, 780, 781]);
});

it("joins", async () => {
  const parts = [tensor("a", [2, 2]), tensor("b", [2, 2], 4), tensor("c", [2, 2], 8)];
  await check(joined(parts, [3, 2, 2]), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const odd = { ...tensor("d", [2, 2]), type: "F16" as const };
  expect(await failureOf((async () => joined([...parts, odd], [4, 2, 2]))())).toMatchObject({
    code: "malformed-checkpoint",
  });
});

it("turns matrices, one of several at a time", async () => {
  const made = transposed(tensor("a", [2, 2, 3]));
  expect(made.shape).toEqual([2, 3, 2]);
  await check(made, [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
});

it("turns elements of any size", async () => {
  for (const [type, size] of [
    ["F8_E4M3", 1],
    ["BF16", 2],
    ["F64", 8],
  ] as const) {
    const bytes = Uint8Array.from({ length: 6 * size }, (_, i) => Math.floor(i / size));
    const made = transposed({ name: "a", type, shape: [2, 3], read: async () => bytes });
    expect([...(await made.read())].filter((_, i) => i % size === 0)).toEqual([0, 3, 1, 4, 2, 5]);
  }
});

it("computes", async () => {
  await check(
    computed(tensor("a", [6]), (one) => one + 1),
    [1, 2, 3, 4, 5, 6],
  );
});
