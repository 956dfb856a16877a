import { expect, it } from "vitest";
import { tensorBytes, tensorType } from "../../src/gguf/tensor-types.js";

// Bytes of 256 elements as the files of each type have them (block sizes of ggml-common.h).
it.each([
  [0, "F32", 1024],
  [1, "F16", 512],
  [2, "Q4_0", 144],
  [8, "Q8_0", 272],
  [10, "Q2_K", 84],
  [11, "Q3_K", 110],
  [12, "Q4_K", 144],
  [13, "Q5_K", 176],
  [14, "Q6_K", 210],
  [23, "IQ4_XS", 136],
  [30, "BF16", 512],
  [39, "MXFP4", 136],
] as const)("type %d is %s, 256 elements in %d bytes", (id, name, bytes) => {
  const type = tensorType(id);
  expect(type?.name).toBe(name);
  if (type !== undefined) expect(tensorBytes(type, [256n])).toBe(BigInt(bytes));
});

it("is exact beyond 2^53 and refuses part of a block", () => {
  const q4 = tensorType(12);
  if (q4 === undefined) throw new Error("Q4_K is missing");
  expect(tensorBytes(q4, [2n ** 40n, 2n ** 20n])).toBe((2n ** 60n / 256n) * 144n);
  expect(tensorBytes(q4, [255n])).toBeUndefined();
});

it.each([4, 5, 31, 32, 33, 36, 37, 38, 43, 200, -1])("type %d is not read (any more)", (id) => {
  expect(tensorType(id)).toBeUndefined();
});
