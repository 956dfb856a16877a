// The proof of conversions: see compare.ts.
import { beforeAll, expect, it } from "vitest";
import { relativeErrors } from "../support/checkpoints/compare.js";
import { QWENS } from "../support/checkpoints/qwen.js";

let errors: ReadonlyMap<string, number>;
beforeAll(async () => {
  errors = await relativeErrors(QWENS);
}, 60_000);

it.each(QWENS.map(({ name }) => name))("has the logits of the forward pass: %s", (name) => {
  expect(errors.get(name)).toBeLessThan(1e-3);
});
