// Sizes in the words of gguf-py: expected values by the formula of its size_label.
import { expect, it } from "vitest";
import { sizeLabel } from "../../src/convert/size-label.js";

it.each([
  [[["a.weight", [260, 1]]], "0.26K"],
  [[["a.weight", [1000, 1000]]], "1000K"],
  [[["a.weight", [1100, 1000, 1000]]], "1.1B"],
  [
    [
      ["a.weight", [15_400, 1000]],
      ["b.bias", [500]],
    ],
    "15M",
  ],
  [[["a.weight", [7_241_732, 1000]]], "7.2B"],
  [[["a.weight", [671, 1e9]]], "671B"],
  [
    [
      ["token_embd.weight", [1000, 1_200_000]],
      ["blk.0.ffn_up_exps.weight", [1000, 5_600_000, 8]],
      ["blk.0.ffn_up_exps.bias", [4, 8]],
    ],
    "8x6.8B",
  ],
] as const)("%j is %s", (tensors, label) => {
  expect(sizeLabel(tensors.map(([name, dims]) => ({ name, dims })))).toBe(label);
});
