// The proof of conversions: see compare.ts.
import { beforeAll, expect, it } from "vitest";
import { relativeErrors } from "../support/checkpoints/compare.js";
import { GEMMAS } from "../support/checkpoints/gemma.js";

let errors: ReadonlyMap<string, number>;
beforeAll(async () => {
  errors = await relativeErrors(GEMMAS);
}, 60_000);

it.each(GEMMAS.map(({ name }) => name))("has the logits of the forward pass: %s", (name) => {
  expect(errors.get(name)).toBeLessThan(1e-3);
});
