import { expect, it } from "vitest";
import { DECENT_LOSS, lossOfBits, qualityOf } from "../../src/fit/quality.js";
import { LOSS_BY_BITS, PUBLISHED_LOSS } from "../../src/fit/quantization-loss.js";

const loss = (quant: string, fileBits = 0, architecture = "llama") => qualityOf({ quant, fileBits, architecture }).loss;

it("orders quantizations by published loss, not by name or size", () => {
  const order = [
    "F16",
    "Q8_0",
    "Q6_K",
    "Q5_K_M",
    "Q5_K_S",
    "Q5_1",
    "Q5_0",
    "UD-Q4_K_XL",
    "Q4_K_M",
    "Q4_K_S",
    "IQ4_XS",
    "Q4_0",
    "Q3_K_L",
    "Q3_K_M",
    "IQ3_XXS",
    "Q3_K_S",
    "UD-Q2_K_XL",
    "Q2_K",
    "IQ2_XXS",
    "IQ1_M",
    "IQ1_S",
  ];
  expect([...order].sort((a, b) => loss(a) - loss(b))).toEqual(order);
  // A larger file that is worse: the label's digits and the bits both say otherwise.
  expect(qualityOf({ quant: "Q3_K_S", fileBits: 0 }).bits).toBeGreaterThan(
    qualityOf({ quant: "IQ3_XXS", fileBits: 0 }).bits,
  );
});

it("loses nothing in the checkpoint's own types", () => {
  for (const quant of ["F32", "F16", "BF16"]) expect(loss(quant)).toBe(0);
  expect(loss("MXFP4", 4.3, "gpt-oss")).toBe(0);
  expect(loss("MXFP4", 4.3, "qwen3moe")).toBeGreaterThan(PUBLISHED_LOSS.Q4_K_M ?? 1);
});

it("judges unknown types by the bits of the file, and says so", () => {
  expect(qualityOf({ quant: "unknown", fileBits: 4.89 })).toEqual({ bits: 4.89, loss: 0.028152, source: "from-bits" });
  expect(qualityOf({ quant: "unknown", fileBits: 5.2 }).loss).toBeLessThan(PUBLISHED_LOSS.Q4_K_M ?? 0);
  expect(qualityOf({ quant: "unknown", fileBits: 5.2 }).loss).toBeGreaterThan(PUBLISHED_LOSS.Q5_K_S ?? 1);
  expect(qualityOf({ quant: "NVFP4", fileBits: 99 })).toMatchObject({ bits: 4.5, source: "from-bits" });
  expect(qualityOf({ quant: "Q4_K_M", fileBits: 99 })).toMatchObject({ bits: 4.89, source: "published" });
});

it("interpolates falling losses, without a jump at either end", () => {
  let before = Number.POSITIVE_INFINITY;
  for (let bits = 1; bits <= 20; bits += 0.01) {
    const now = lossOfBits(bits);
    expect(now).toBeLessThanOrEqual(before);
    before = now;
  }
  for (const [bits, at] of LOSS_BY_BITS) expect(lossOfBits(bits)).toBeCloseTo(at, 9);
  expect(lossOfBits(0)).toBe(4);
  expect(lossOfBits(32)).toBe(0);
});

it("draws the line of Q4 quality between Q4_0 and Q3_K_L", () => {
  expect(loss("Q4_0")).toBeLessThanOrEqual(DECENT_LOSS);
  expect(loss("Q3_K_L")).toBeGreaterThan(DECENT_LOSS);
});
