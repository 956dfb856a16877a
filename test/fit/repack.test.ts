import { describe, expect, it } from "vitest";
import { isRepacked } from "../../src/fit/repack.js";
import { weightsOf } from "../../src/fit/weights.js";
import { geometryOf } from "../../src/gguf/geometry.js";
import { readHeader } from "../../src/gguf/header.js";
import { memorySource } from "../../src/gguf/source.js";
import { writeGguf } from "../support/gguf-writer.js";
import { shape } from "./engine-figures.js";

const matrix = (type: string, dims = [256, 64], name = "blk.0.attn_q.weight") => ({ name, type, dims });

describe("isRepacked", () => {
  it("is a matter of the type and the processor", () => {
    expect(["Q4_K", "Q6_K", "Q8_0", "F16"].map((type) => isRepacked(matrix(type), "x64"))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(["Q4_K", "Q6_K", "Q8_0", "F16"].map((type) => isRepacked(matrix(type), "arm64"))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it("wants rows in groups, matrices, and stacks of them for experts only", () => {
    expect(isRepacked(matrix("Q4_K", [256, 60]), "x64")).toBe(false);
    expect(isRepacked(matrix("Q8_0", [256, 60]), "arm64")).toBe(true);
    expect(isRepacked(matrix("Q4_K", [256]), "x64")).toBe(false);
    expect(isRepacked(matrix("Q4_K", [256, 64, 4]), "x64")).toBe(false);
    expect(isRepacked(matrix("Q4_K", [256, 64, 4], "blk.0.ffn_up_exps.weight"), "x64")).toBe(true);
    expect(isRepacked(matrix("Q4_K", [256, 64], "blk.0.attn_q.bias"), "x64")).toBe(false);
  });
});

it("a table that is the head too is held twice, everything else only when mapped", async () => {
  const Q4_K = 12;
  const bytes = (256 / 256) * 144 * 64;
  const tensors = [
    { name: "token_embd.weight", dims: [256, 64], type: Q4_K, bytes },
    { name: "blk.0.attn_q.weight", dims: [256, 64], type: Q4_K, bytes },
    { name: "output_norm.weight", dims: [256] },
  ];
  const metadata = shape({ arch: "llama", layers: 1, width: 256, heads: 4, kvHeads: 4, head: 64, ffn: 9, vocab: 64 });
  const copiesOf = async (all: typeof tensors) => {
    const header = await readHeader(memorySource(writeGguf({ metadata, tensors: all })), { name: "x" });
    return weightsOf([header], geometryOf(header), "x64").copies;
  };
  expect(await copiesOf(tensors)).toEqual({ always: bytes, mapped: bytes });
  const head = { name: "output.weight", dims: [256, 64], type: Q4_K, bytes };
  expect(await copiesOf([...tensors, head])).toEqual({ always: 0, mapped: 2 * bytes });
});
