import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { colorBar, memoryBar } from "../../src/ui/memory-bar.js";

const bar = (weights: number, cache: number, rest: number, limit = 12) =>
  memoryBar({ weights, cache, rest }, limit, 16);

it("draws weights, cache and the rest to scale, and where memory ends", () => {
  expect(bar(6, 3, 1)).toBe("██████▓▓▓░  │   ");
  expect(bar(12, 0, 0)).toBe("████████████│   ");
  expect(bar(12, 2, 0)).toBe("████████████│▓  ");
  expect(bar(1, 0, 0, 12_000)).toBe("            │   ");
});

it("ends with an arrow where it would go on", () => {
  expect(bar(900, 90, 9)).toBe("████████████│██▸");
  expect(bar(4, 4, 8)).toBe("████▓▓▓▓░░░░│░░░");
  expect(bar(1, 1, 1, 0)).toHaveLength(16);
});

it("is as long as the sum, however the parts are rounded", () => {
  expect(bar(1.4, 1.4, 1.4).replace(/[ │]/g, "")).toHaveLength(4);
});

it("adds colors, and nothing else", () => {
  const plain = bar(900, 90, 9);
  const colored = colorBar(plain);
  expect(colored).not.toBe(plain);
  expect(stripVTControlCharacters(colored)).toBe(plain);
});
