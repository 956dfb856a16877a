import { describe, expect, it } from "vitest";
import { isRepacked, mayRepack } from "../../src/fit/repack.js";
import { guessWeights, weightsOf } from "../../src/fit/weights.js";
import { geometryOf } from "../../src/gguf/geometry.js";
import { readHeader } from "../../src/gguf/header.js";
import { memorySource } from "../../src/gguf/source.js";
import { writeGguf } from "../support/gguf-writer.js";
import { shape } from "../support/model-shape.js";

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
  expect(await copiesOf(tensors)).toEqual({ always: bytes, mapped: bytes, released: 0 });
  const head = { name: "output.weight", dims: [256, 64], type: Q4_K, bytes };
  expect(await copiesOf([...tensors, head])).toEqual({ always: 0, mapped: 2 * bytes, released: bytes });
});

it("the label of a file tells where nothing can be repacked", () => {
  const labels = ["F16", "BF16", "Q8_0", "UD-Q6_K_XL", "Q5_K_M", "Q4_K_M", "Q3_K_M", "IQ2_XXS", "MXFP4", "unknown"];
  expect(labels.filter((label) => !mayRepack(label, "x64"))).toEqual(labels.slice(0, 5));
  expect(labels.filter((label) => !mayRepack(label, "arm64"))).toEqual(labels.slice(0, 2));
});

describe("guessed from the size alone", () => {
  const [Q8_0, Q6_K, F16] = [8, 14, 1];
  const rows = { [Q8_0]: 34 / 32, [Q6_K]: 210 / 256, [F16]: 2 };
  /** A model of one layer whose embeddings are the head, as its file has it and as guessed. */
  async function both(type: number, quant: string, processor: "x64" | "arm64") {
    const each = rows[type] ?? 0;
    const tensors = [
      { name: "token_embd.weight", dims: [256, 512], type, bytes: 256 * 512 * each },
      ...["attn_q", "attn_k", "attn_v", "attn_output"].map((name) => {
        return { name: `blk.0.${name}.weight`, dims: [256, 256], type, bytes: 256 * 256 * each };
      }),
      ...["ffn_gate", "ffn_up", "ffn_down"].map((name) => {
        return { name: `blk.0.${name}.weight`, dims: [256, 256], type, bytes: 256 * 256 * each };
      }),
    ];
    const metadata = shape({
      ...{ arch: "llama", layers: 1, width: 256, heads: 4, kvHeads: 4, head: 64, ffn: 256, vocab: 512 },
    });
    const header = await readHeader(memorySource(writeGguf({ metadata, tensors })), { name: "x" });
    const geometry = geometryOf(header);
    const exact = weightsOf([header], geometry, processor);
    return { exact, guess: guessWeights(geometry, exact.total, { quant, processor }) };
  }

  it("a repacked head, which may be the embeddings once more, counts twice on ARM", async () => {
    for (const [type, quant] of [
      [Q8_0, "Q8_0"],
      [Q6_K, "Q6_K"],
    ] as const) {
      const { exact, guess } = await both(type, quant, "arm64");
      expect(exact.copies.always).toBe(256 * 512 * (rows[type] ?? 0));
      expect(guess.copies.always / exact.copies.always).toBeCloseTo(1, 2);
    }
  });

  it("nothing counts twice where the types are never repacked", async () => {
    for (const [type, quant, processor] of [
      [F16, "F16", "arm64"],
      [Q8_0, "Q8_0", "x64"],
      [Q6_K, "Q6_K", "x64"],
    ] as const) {
      const { exact, guess } = await both(type, quant, processor);
      expect(guess.copies).toEqual({ always: 0, mapped: 0, released: 0 });
      expect(exact.copies).toEqual(guess.copies);
    }
  });
});
