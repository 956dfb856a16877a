// What --truncate leaves out, measured in words.
import { expect, it } from "vitest";
import { joinPrompt, type PromptPart } from "../../src/app/run/prompt.js";
import { truncatePrompt } from "../../src/app/run/truncate.js";

const tokens = (text: string): number => text.split(/\s+/).filter(Boolean).length;
const prompt = (parts: readonly PromptPart[]): Promise<number> => Promise.resolve(tokens(joinPrompt(parts)));
const ruler = { tokens: async (text: string) => tokens(text), prompt };
const words = (letter: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${letter}${index}`).join(" ");

const ARGUMENT: PromptPart = { from: "argument", text: words("q", 20) };
const SMALL: PromptPart = { from: "file", name: "small.txt", text: words("s", 30) };
const BIG: PromptPart = { from: "file", name: "big.txt", text: words("b", 1000) };
const PIPE: PromptPart = { from: "stdin", text: words("p", 800) };

it("changes nothing where all fits", async () => {
  const parts = [SMALL, ARGUMENT];
  expect(await truncatePrompt(parts, 100, ruler)).toEqual({ parts, truncated: null });
});

it("shortens the longest in the middle, leaves short files and the argument, and counts what it left out", async () => {
  const result = await truncatePrompt([SMALL, BIG, PIPE, ARGUMENT], 600, ruler);
  const { parts, truncated } = result ?? { parts: [], truncated: null };
  expect(await prompt(parts)).toBeLessThanOrEqual(600);
  expect(await prompt(parts)).toBeGreaterThan(500);
  expect([parts[0], parts[3]]).toEqual([SMALL, ARGUMENT]);
  expect(parts[1]?.text).toMatch(/^b0 b1 [\s\S]*\n\[\.\.\. \d+ tokens left out \.\.\.\]\n[\s\S]* b998 b999$/);
  expect(parts[2]?.text).toMatch(/^p0 [\s\S]* p799$/);
  expect(truncated?.parts.map(({ from }) => from)).toEqual(["big.txt", "stdin"]);
  // Words at the edges may be cut in two.
  const kept = tokens(parts[1]?.text ?? "") + tokens(parts[2]?.text ?? "") - 12;
  expect(Math.abs(1800 - kept - (truncated?.tokens ?? 0))).toBeLessThan(8);
});

it("gives up where the argument alone is too long, or nothing would be left", async () => {
  expect(await truncatePrompt([BIG, ARGUMENT], 10, ruler)).toBeUndefined();
  expect(await truncatePrompt([ARGUMENT], 10, ruler)).toBeUndefined();
  // Beside the line that says so.
  expect(await truncatePrompt([{ from: "stdin", text: words("p", 40) }, ARGUMENT], 40, ruler)).toBeUndefined();
});

it("splits no character", async () => {
  const smiles: PromptPart = { from: "stdin", text: "😀".repeat(5000) };
  const byUnit = {
    tokens: async (text: string) => text.length,
    prompt: async ([part]: readonly PromptPart[]) => part?.text.length ?? 0,
  };
  for (const limit of [1000, 1001, 1002, 1003]) {
    const result = await truncatePrompt([smiles], limit, byUnit);
    expect(result?.parts[0]?.text).toMatch(/^(?:😀)+\n\[.*\]\n(?:😀)+$/u);
  }
});
