import { expect, it } from "vitest";
import { planLoad } from "../../src/fit/plan-load.js";
import { planSequences } from "../../src/fit/plan-sequences.js";
import { guessWeights } from "../../src/fit/weights.js";
import type { Host } from "../../src/model/types.js";
import { knownGeometry } from "../support/geometries.js";

const GIB = 2 ** 30;
const geometry = await knownGeometry("llama3.1-8b");
const subject = { geometry, weights: guessWeights(geometry, 4_900_000_000) };
const host = (gib: number, cores = 4): Host => ({ ramTotal: gib * GIB, ramAvailable: gib * GIB, gpus: [], cores });
const sequencesAt = (gib: number, most = 100, cores?: number) => {
  const plan = planSequences(subject, host(gib, cores), { ctx: 8192 }, most);
  return plan.fits ? plan.sequences : 0;
};

it("takes as many at once as fit, the cores have work for and there are prompts", () => {
  expect([4, 7, 8, 10, 16, 64].map((gib) => sequencesAt(gib))).toEqual([0, 1, 2, 4, 8, 16]);
  expect(sequencesAt(64, 3)).toBe(3);
  expect(sequencesAt(64, 100, 2)).toBe(8);
  expect(sequencesAt(64, 100, 0.5)).toBe(4);
});

it("counts a cache for each", () => {
  const kvCache = (sequences: number) => planLoad(subject, host(64), { ctx: 8192, sequences }).estimate.kvCache;
  expect(kvCache(4)).toBe(4 * kvCache(1));
  // 128 KiB of keys and values for each token.
  expect(kvCache(1)).toBe(GIB);
});

it("does not pay for more at once by a smaller cache type", () => {
  const plan = planSequences(subject, host(9), { ctx: 8192 }, 100);
  expect(plan).toMatchObject({ fits: true, kvType: "f16" });
});
