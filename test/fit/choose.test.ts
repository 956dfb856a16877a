import { beforeAll, describe, expect, it } from "vitest";
import { type ChoiceWishes, chooseVariant } from "../../src/fit/choose.js";
import { qualityOf } from "../../src/fit/quality.js";
import { CACHE_LOSS } from "../../src/fit/quantization-loss.js";
import type { Candidate } from "../../src/fit/weigh.js";
import type { Geometry } from "../../src/gguf/geometry.js";
import type { Gpu, Host } from "../../src/model/types.js";
import { knownGeometry } from "../support/geometries.js";

const GB = 1_000_000_000;
const host = (ram: number, gpus: readonly Gpu[] = [], cores = 8): Host => ({
  ramTotal: ram * GB,
  ramAvailable: ram * GB,
  gpus,
  cores,
});
const card = (vram: number, name = "card"): Gpu => ({
  name,
  backend: "cuda",
  vramTotal: vram * GB,
  vramFree: vram * GB,
});

// Sizes in GB of bartowski's Llama 3.1 8B and of a 1B of the same family.
const SIZES_8B = {
  Q2_K: 3.18,
  Q3_K_M: 4.02,
  IQ4_XS: 4.45,
  Q4_0: 4.68,
  Q4_K_S: 4.69,
  Q4_K_M: 4.92,
  Q5_K_M: 5.73,
  Q6_K: 6.6,
  Q8_0: 8.54,
  F16: 16.07,
};
const SIZES_1B = { Q4_K_M: 0.81, Q6_K: 1.02, Q8_0: 1.32, F16: 2.48 };

let large: Geometry;
let small: Geometry;
beforeAll(async () => {
  large = await knownGeometry("llama3.1-8b");
  small = await knownGeometry("llama3.2-1b");
});

const candidates = (geometry: Geometry, sizes: Readonly<Record<string, number>>): Candidate[] =>
  Object.entries(sizes).map(([quant, gigabytes]) => {
    const size = gigabytes * GB;
    return { geometry, variant: { quant, size, files: [{ path: `m-${quant}.gguf`, size, gitOid: "0".repeat(40) }] } };
  });
const choose8 = (on: Host, wishes?: ChoiceWishes) => chooseVariant(candidates(large, SIZES_8B), on, wishes);
const choose1 = (on: Host, wishes?: ChoiceWishes) => chooseVariant(candidates(small, SIZES_1B), on, wishes);
const picked = (choice: ReturnType<typeof chooseVariant>) => (choice.kind === "chosen" ? choice.quant : choice.kind);

describe("balanced, the default", () => {
  it("tells above Q8_0 from what was taken only where that is not above it too", () => {
    const why = (sizes: Readonly<Record<string, number>>) => {
      const choice = chooseVariant(candidates(small, sizes), host(64));
      return choice.kind === "chosen"
        ? [choice.quant, choice.rejected.find(({ quant }) => quant === "F16")?.reason]
        : [];
    };
    expect(why(SIZES_1B)).toEqual(["Q8_0", "above Q8_0, taken only when asked for"]);
    expect(why({ Q8_K_XL: 1.5, F16: 2.48 })).toEqual(["Q8_K_XL", "larger than Q8_K_XL"]);
  });

  it("takes the best quality up to Q8_0 that reaches reading speed", () => {
    expect(picked(choose1(host(16)))).toBe("Q8_0");
    expect(picked(choose8(host(16, [card(24)])))).toBe("Q8_0");
  });

  it("takes Q4_K_M when nothing reaches reading speed", () => {
    const choice = choose8(host(32, [], 2));
    expect(picked(choice)).toBe("Q4_K_M");
    if (choice.kind === "chosen")
      expect(choice.reasons[0]).toMatch(
        /nothing from Q4 to Q8_0 that fits reaches 10 tokens\/s here \(this one about 3\.\d\)/,
      );
  });

  it("takes the nearest of its quality when Q4_K_M is not there or does not fit", () => {
    const { Q4_K_M: _, ...others } = SIZES_8B;
    expect(picked(chooseVariant(candidates(large, others), host(32)))).toBe("Q4_K_S");
    expect(picked(chooseVariant(candidates(large, { Q8_0: 8.54, Q6_K: 6.6 }), host(32)))).toBe("Q6_K");
  });

  it("goes below Q4 only when nothing else fits, and says so", () => {
    const choice = choose8(host(5.02), { ctx: 2048 });
    expect(picked(choice)).toBe("Q3_K_M");
    if (choice.kind === "chosen") expect(choice.reasons[0]).toMatch(/nothing of Q4 quality or better fits/);
  });

  it("prefers Q4 with a smaller cache to less than Q4", () => {
    const choice = choose8(host(5.77), { ctx: 8192 });
    expect(choice).toMatchObject({ kind: "chosen", kvType: "q8_0", ctx: 8192 });
    expect(picked(choice)).toBe("IQ4_XS");
    // Less than Q4 would have fitted with an ordinary cache.
    const other = choice.kind === "chosen" ? choice.rejected.find(({ quant }) => quant === "Q3_K_M") : undefined;
    expect(other?.plan).toMatchObject({ fits: true, kvType: "f16" });
  });

  it("makes the cache smaller before it takes a smaller quantization, since that loses less", () => {
    const choice = choose8(host(6.3));
    expect(choice).toMatchObject({ kind: "chosen", quant: "Q4_K_M", kvType: "q8_0" });
    const other = choice.kind === "chosen" ? choice.rejected.find(({ quant }) => quant === "IQ4_XS") : undefined;
    expect(other).toMatchObject({ fits: true, plan: { kvType: "f16" }, reason: "lower quality than Q4_K_M" });
  });

  it("says when it is the smaller cache that makes one worse", () => {
    const sizes = { Q4_1: 5.13, Q4_0: 4.68 };
    const steps = Array.from({ length: 60 }, (_, step) => host(5.5 + step / 20, [], 2));
    const choices = steps.map((on) => chooseVariant(candidates(large, sizes), on));
    const reasons = choices.flatMap((choice) =>
      choice.kind === "chosen" ? choice.rejected.map((one) => one.reason) : [],
    );
    expect(reasons).toContain("with its KV cache in q8_0 lower quality than Q4_0");
  });

  it("takes F16 only when it is all there is, or asked for", () => {
    expect(picked(chooseVariant(candidates(small, { F16: 2.48, F32: 4.9 }), host(32)))).toBe("F16");
    expect(picked(choose1(host(32), { quant: "F16" }))).toBe("F16");
  });

  it("judges a file without a label by its size", () => {
    expect(picked(chooseVariant(candidates(small, { unknown: 0.81 }), host(32)))).toBe("unknown");
    const choice = chooseVariant(candidates(small, { unknown: 0.85 }), host(32));
    if (choice.kind === "chosen") expect(choice.reasons[0]).toContain("best quality");
  });
});

describe("the other preferences", () => {
  it("quality: the best that fits, F16 included", () => {
    expect(picked(choose8(host(32), { prefer: "quality" }))).toBe("F16");
    expect(picked(choose8(host(12), { prefer: "quality" }))).toBe("Q8_0");
  });

  it("speed: the smallest of at least Q4 quality", () => {
    expect(picked(choose8(host(32), { prefer: "speed" }))).toBe("IQ4_XS");
    expect(picked(choose8(host(5.02), { prefer: "speed", ctx: 2048 }))).toBe("Q3_K_M");
  });

  it("context: the longest that fits at Q4 quality or better, at the model's own at most", () => {
    const choice = choose8(host(12), { prefer: "context" });
    if (choice.kind !== "chosen") throw new Error("something fits");
    expect(choice.quant).toBe("IQ4_XS");
    expect(choice.ctx).toBeGreaterThan(65_536);
    expect(choice.reasons[0]).toBe(`IQ4_XS: reaches the longest context at Q4 quality or better, ${choice.ctx} tokens`);
    expect(choose8(host(12), { quant: "IQ4_XS", ctx: choice.ctx + 1024 })).toMatchObject({ kind: "nothing-fits" });
    expect(choice.rejected.find(({ quant }) => quant === "Q6_K")?.reason).toMatch(/^reaches a context of \d+ only$/);
    // Where several reach all of it, speed and quality decide as ever.
    expect(choose8(host(99, [card(80, "RTX 4090")]), { prefer: "context" })).toMatchObject({
      quant: "Q8_0",
      ctx: 131_072,
    });
    expect(choose8(host(6.3), { prefer: "context", ctx: 8192 })).toMatchObject({ kind: "chosen" });
    expect(choose8(host(5), { prefer: "context", ctx: 65_536 })).toMatchObject({ kind: "nothing-fits" });
  });

  it("a named quantization: that one or none", () => {
    expect(picked(choose8(host(32), { quant: "Q2_K" }))).toBe("Q2_K");
    expect(choose8(host(32), { quant: "Q5_0" })).toMatchObject({
      kind: "no-such-quant",
      quant: "Q5_0",
      available: Object.keys(SIZES_8B),
    });
    expect(choose8(host(8), { quant: "F16" })).toMatchObject({ kind: "nothing-fits", smallest: { quant: "F16" } });
  });
});

describe("the answer", () => {
  it("says of every other candidate why not, with numbers", () => {
    const choice = choose8(host(10, [], 8));
    if (choice.kind !== "chosen") throw new Error("something fits");
    expect(choice.quant).toBe("Q4_K_M");
    const why = Object.fromEntries(choice.rejected.map(({ quant, reason }) => [quant, reason]));
    expect(Object.keys(why)).toHaveLength(Object.keys(SIZES_8B).length - 1);
    expect(why.F16).toMatch(/needs 1\d\.\d GB of RAM at a context of 8192, usable are 9\.5 GB/);
    expect(why.Q6_K).toMatch(/about 5\.\d tokens\/s, below reading speed/);
    expect(why.Q2_K).toBe("below Q4 quality");
    expect(choice.rejected.find(({ quant }) => quant === "F16")?.fits).toBe(false);
  });

  it("never fits what it calls too large, nor the reverse", () => {
    for (const ram of [4, 5, 6, 7, 8, 10, 12, 16, 20, 32]) {
      const choice = choose8(host(ram));
      const all =
        choice.kind === "chosen" ? [...choice.rejected, choice] : choice.kind === "nothing-fits" ? choice.rejected : [];
      for (const one of all) {
        const fits = one.estimate.total <= ram * GB * 0.95;
        expect("fits" in one ? one.fits : true).toBe(fits);
      }
    }
  });

  it("more memory never makes a worse choice", () => {
    let least = Number.POSITIVE_INFINITY;
    for (let ram = 4; ram <= 24; ram += 0.25) {
      const choice = choose8(host(ram, [], 8), { prefer: "quality" });
      if (choice.kind !== "chosen") continue;
      const loss = qualityOf({ quant: choice.quant, fileBits: 0 }).loss + CACHE_LOSS[choice.kvType];
      expect(loss).toBeLessThanOrEqual(least);
      least = loss;
    }
    expect(least).toBe(0);
  });

  it("tells the smallest need when nothing fits, and a context that would", () => {
    const choice = choose8(host(5), { ctx: 65_536 });
    if (choice.kind !== "nothing-fits") throw new Error("65,536 tokens do not fit in 5 GB");
    expect(choice.smallest.quant).toBe("Q2_K");
    expect(choice.shortage).toMatchObject({ device: "ram", have: 4.75 * GB });
    expect(choice.instead).toMatchObject({ quant: "Q2_K" });
    const ctx = choice.instead?.ctx ?? 0;
    expect(picked(choose8(host(5), { ctx }))).toBe("Q2_K");
  });

  it("offers another quantization when the asked one does not fit", () => {
    const choice = choose8(host(8), { quant: "F16" });
    if (choice.kind !== "nothing-fits") throw new Error("F16 does not fit in 8 GB");
    expect(choice.instead?.quant).toBe("Q6_K");
    expect(picked(choose8(host(8), { quant: choice.instead?.quant ?? "" }))).toBe("Q6_K");
  });

  it("offers nothing when nothing helps", () => {
    expect(choose8(host(1))).toMatchObject({ kind: "nothing-fits", instead: null });
    expect(chooseVariant([], host(8))).toMatchObject({ kind: "no-such-quant", quant: null, available: [] });
  });
});
