import { expect, it } from "vitest";
import { decodeTogether } from "../../src/runtime/llama/decode-together.js";
import { LanePool } from "../../src/runtime/llama/lane-pool.js";

type Items = Parameters<ReturnType<typeof decodeTogether>>[0]["items"];
const items = (...lengths: number[]): Items =>
  lengths.map((length) => ({ tokens: Array.from({ length }, () => 1), logits: [], evaluationPriority: 5 })) as never;
const amounts = (result: readonly { processAmount: number }[]) => result.map(({ processAmount }) => processAmount);

it("waits a moment for the others, and not for ever", () => {
  const strategy = decodeTogether(() => 3);
  expect(strategy({ items: items(1, 1), size: 128 })).toEqual([]);
  expect(amounts(strategy({ items: items(1, 1, 1), size: 128 }))).toEqual([1, 1, 1]);
  let asked = 1;
  while (strategy({ items: items(1), size: 128 }).length === 0) asked++;
  expect(asked).toBeLessThan(1000);
});

it("gives answers their token, and shares the rest of the room among prompts", () => {
  const strategy = decodeTogether(() => 4);
  const given = items(300, 1, 200, 1);
  const result = strategy({ items: given, size: 128 });
  expect(result.map(({ item }) => given.indexOf(item))).toEqual([1, 3, 2, 0]);
  expect(amounts(result)).toEqual([1, 1, 63, 63]);
  expect(amounts(strategy({ items: items(1, 1, 1, 1), size: 2 }))).toEqual([1, 1]);
});

it("lends the lane that knows most of a prompt, and lets who comes later wait", async () => {
  const [a, b] = [{ contextTokens: [1, 2] }, { contextTokens: [1, 2, 3] }];
  const pool = new LanePool([a, b]);
  expect(await pool.take([1, 2, 3, 4])).toBe(b);
  expect(await pool.take([1, 2, 3, 4])).toBe(a);
  const third = pool.take([9]);
  expect(pool.lent).toBe(2);
  pool.give(a);
  expect(await third).toBe(a);
  pool.give(a);
  pool.give(b);
  expect(pool.lent).toBe(0);
});
