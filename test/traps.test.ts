// The tests that were promised, by name: those of the engine's traps, and those of the checklist in the design.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { TRAPS } from "./traps.js";

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), "utf8");

it.each(TRAPS)("the engine %s: that has a test", (_, file, title) => {
  expect(read(file)).toContain(JSON.stringify(title));
});

it("each statement on streams, formats, questions, run and chat has a test whose title begins with its number", () => {
  const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".test.ts"),
  );
  const titles = tests.flatMap((file) => [...read(file).matchAll(/"(\d+(?:, \d+)*): \S/g)]);
  const held = titles.flatMap(([, numbers = ""]) => numbers.split(", ").map(Number));
  const promised = [...range(8, 25), ...range(49, 58)];
  expect(promised.filter((number) => !held.includes(number))).toEqual([]);
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
