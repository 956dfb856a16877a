// Whose header is read first.
import { expect, it } from "vitest";
import { inReadingOrder } from "../../src/fit/reading-order.js";
import type { GgufVariant, Host } from "../../src/model/types.js";

const GB = 1e9;
const machine = (ram: number): Host => ({ ramTotal: ram, ramAvailable: ram, cores: 8, gpus: [], bandwidth: 100 * GB });
/** Those of an 8B model. */
const sizes = { Q2_K: 3.2, Q4_K_M: 4.9, Q6_K: 6.6, Q8_0: 8.5, F16: 16.1 };
const variants = Object.entries(sizes).map(
  ([quant, size]): GgufVariant => ({ quant, size: size * GB, files: [{ path: quant, size: size * GB, gitOid: "" }] }),
);
const first = (ram: number, of = variants) => inReadingOrder(of, machine(ram), {})[0]?.quant;

it("the likely pick comes first, the others stay as they are", () => {
  expect([first(64 * GB), first(8.5 * GB), first(7 * GB), first(5 * GB)]).toEqual(["Q8_0", "Q6_K", "Q4_K_M", "Q2_K"]);
  expect(inReadingOrder(variants, machine(64 * GB), {}).map(({ quant }) => quant)).toEqual([
    "Q8_0",
    "Q2_K",
    "Q4_K_M",
    "Q6_K",
    "F16",
  ]);
});

it("where nothing fits, or no label tells anything, the order stays", () => {
  expect(first(1 * GB)).toBe("Q2_K");
  const unlabelled = variants.map((variant) => ({ ...variant, quant: "unknown" }));
  expect(inReadingOrder(unlabelled, machine(64 * GB), {})).toEqual(unlabelled);
});
