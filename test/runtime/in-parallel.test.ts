import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Done, inOrder, inParallel } from "../../src/app/in-parallel.js";

const all = async <T>(results: AsyncIterable<Done<T>>) => {
  const found: T[] = [];
  for await (const { result } of results) found.push(result);
  return found;
};

it("works on so many at a time, and gives results as they come or in order", async () => {
  let [now, most] = [0, 0];
  const work = async (ms: number) => {
    most = Math.max(most, ++now);
    await sleep(ms);
    now--;
    return ms;
  };
  expect(await all(inParallel([60, 5, 5, 5], 2, work))).toEqual([5, 5, 5, 60]);
  expect(most).toBe(2);
  expect(await all(inOrder(inParallel([40, 5, 20, 1], 4, work)))).toEqual([40, 5, 20, 1]);
});

it("ends at the first failure, and tells the others", async () => {
  const begun: number[] = [];
  const told: number[] = [];
  const work = async (item: number, signal: AbortSignal) => {
    begun.push(item);
    if (item === 1) throw new Error("one");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    told.push(item);
  };
  await expect(all(inParallel([0, 1, 2, 3, 4], 2, work))).rejects.toThrow("one");
  expect([begun, told]).toEqual([[0, 1], [0]]);
});

it("gives what is done when it is stopped, though what comes before is not", async () => {
  const stop = new AbortController();
  const work = async (item: number, signal: AbortSignal) => {
    if (item === 0) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    if (item === 3) stop.abort();
    return item;
  };
  const results = await all(inOrder(inParallel([0, 1, 2, 3, 4, 5], 2, work, stop.signal)));
  expect(results).toEqual([0, 1, 2, 3]);
});

it("ends what is under way when nobody wants more", async () => {
  let ended = false;
  const work = async (item: number, signal: AbortSignal) => {
    if (item > 0) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      ended = true;
    }
    return item;
  };
  for await (const { result } of inParallel([0, 1], 2, work)) {
    expect(result).toBe(0);
    break;
  }
  expect(ended).toBe(true);
});
