// The proof of conversions: see compare.ts.
import { rmSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { COHERES } from "../support/checkpoints/cohere.js";
import { convertFolder, relativeErrors, writeCheckpoint } from "../support/checkpoints/compare.js";
import { type Family, makeModel } from "../support/checkpoints/family.js";
import { QWENS } from "../support/checkpoints/qwen.js";
import { SMALL_DIFFERENCES } from "../support/checkpoints/small-differences.js";
import { failureOf } from "../support/failure-of.js";

const FAMILIES = [...SMALL_DIFFERENCES, ...COHERES];

let errors: ReadonlyMap<string, number>;
beforeAll(async () => {
  errors = await relativeErrors(FAMILIES);
}, 60_000);

it.each(FAMILIES.map(({ name }) => name))("has the logits of the forward pass: %s", (name) => {
  expect(errors.get(name)).toBeLessThan(1e-3);
});

it.each<[string, object, RegExp]>([
  ["smollm3", { no_rope_layers: [1, 1, 1, 1, 1] }, /^rotations in other layers/],
  ["smollm3", { no_rope_layers: undefined, no_rope_layer_interval: 3 }, /^rotations in other layers/],
  ["cohere", { use_qk_norm: true }, /^use_qk_norm/],
  ["cohere2", { sliding_window_pattern: 3 }, /^windows in other layers/],
  ["olmo3", { layer_types: Array(5).fill("sliding_attention") }, /^windows in other layers/],
])("refuses what the engine computes otherwise: %s %j", async (name, change, what) => {
  const family = [...FAMILIES, ...QWENS].find((one) => one.name === name) as Family;
  const folder = writeCheckpoint({ ...family, config: { ...family.config, ...change } }, makeModel(family));
  expect((await failureOf(convertFolder(folder))).facts).toMatchObject({ what: expect.stringMatching(what) });
  rmSync(folder, { recursive: true });
});
