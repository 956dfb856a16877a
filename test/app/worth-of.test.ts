// What little the catalog knows of a model, as one number.
import { expect, it } from "vitest";
import type { CatalogFit } from "../../src/app/fit/fit-catalog.js";
import { monthOf, worthOf } from "../../src/app/fit/worth-of.js";

const NOW = monthOf("2026-11") ?? 0;
const worth = (more: Partial<CatalogFit>) => {
  const license = { commercialUse: "permitted" };
  const model = { params: 8e9, activeParams: null, base: false, released: "2026-11", tokensPerSecond: 100, license };
  return worthOf({ ...model, ...more } as CatalogFit, NOW);
};

it("takes what has no date for two years old", () => {
  expect(worth({ released: null })).toBe(worth({ released: "2024-11" }));
  expect(worth({ released: null })).toBeLessThan(worth({}));
});

it("lets a year make up for twice the parameters", () => {
  expect(worth({ params: 16e9, released: "2025-11" })).toBeCloseTo(worth({}));
});
