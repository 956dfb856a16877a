// The proof of conversions: see compare.ts.
import { beforeAll, expect, it } from "vitest";
import { relativeErrors } from "../support/checkpoints/compare.js";
import { DEEPSEEKS } from "../support/checkpoints/deepseek.js";

let errors: ReadonlyMap<string, number>;
beforeAll(async () => {
  errors = await relativeErrors(DEEPSEEKS);
}, 60_000);

it.each(DEEPSEEKS.map(({ name }) => name))("has the logits of the forward pass: %s", (name) => {
  expect(errors.get(name)).toBeLessThan(1e-3);
});
