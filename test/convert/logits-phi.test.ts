// The proof of conversions: see compare.ts.
import { beforeAll, expect, it } from "vitest";
import { relativeErrors } from "../support/checkpoints/compare.js";
import { PHIS } from "../support/checkpoints/phi.js";

let errors: ReadonlyMap<string, number>;
beforeAll(async () => {
  errors = await relativeErrors(PHIS);
}, 60_000);

it.each(PHIS.map(({ name }) => name))("has the logits of the forward pass: %s", (name) => {
  expect(errors.get(name)).toBeLessThan(1e-3);
});
