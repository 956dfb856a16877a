import { expect, it } from "vitest";
import { correctionFrom } from "../../src/fit/calibrate.js";
import { planLoad } from "../../src/fit/plan-load.js";
import { guessWeights } from "../../src/fit/weights.js";
import type { LoadRecord } from "../../src/model/load-record.js";
import { knownGeometry } from "../support/geometries.js";

const MIB = 2 ** 20;
const load = (beyond: number, more: Partial<LoadRecord> = {}): LoadRecord => ({
  at: "2026-11-21T12:00:00.000Z",
  ref: "m",
  ctx: 2048,
  kvType: "f16",
  gpuLayers: 0,
  mapped: false,
  predicted: 500 * MIB,
  correction: 0,
  measured: (500 + beyond) * MIB,
  ...more,
});
const loads = (beyond: readonly number[], more?: Partial<LoadRecord>) => beyond.map((one) => load(one, more));

it("is the median of what recent loads took beyond the prediction", () => {
  expect(correctionFrom(loads([10, 90, 30]))).toBe(30 * MIB);
  // Old loads no longer count.
  expect(correctionFrom([...loads(new Array(30).fill(200)), ...loads(new Array(21).fill(40))])).toBe(40 * MIB);
});

it("says nothing from a few loads, mapped ones or those on a GPU", () => {
  expect(correctionFrom(loads([50, 50]))).toBe(0);
  expect(correctionFrom(loads([50, 50, 50], { mapped: true }))).toBe(0);
  expect(correctionFrom(loads([50, 50, 50], { gpuLayers: 9 }))).toBe(0);
});

it("does not chase itself: what was corrected already is taken off", () => {
  expect(correctionFrom(loads([0, 0, 0], { correction: 40 * MIB }))).toBe(40 * MIB);
});

it("stays within bounds, and takes nothing back", () => {
  expect(correctionFrom(loads([-300, -300, -300]))).toBe(0);
  expect(correctionFrom(loads([9000, 9000, 9000]))).toBe(256 * MIB);
});

it("reaches the plan through the host", async () => {
  const geometry = await knownGeometry("llama3.1-8b");
  const subject = { geometry, weights: guessWeights(geometry, 4.9e9) };
  const host = { ramTotal: 32e9, ramAvailable: 32e9, gpus: [], cores: 8 };
  const { overhead, total } = planLoad(subject, host).estimate;
  const corrected = planLoad(subject, { ...host, correction: 30 * MIB }).estimate;
  expect([corrected.overhead, corrected.total]).toEqual([overhead + 30 * MIB, total + 30 * MIB]);
});
