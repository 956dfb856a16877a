// A sequence whose step was left.
import type { LlamaContextSequence } from "node-llama-cpp";
import { expect, it } from "vitest";
import { Lane } from "../../src/runtime/llama/lane.js";
import type { PrefixState } from "../../src/runtime/llama/prefix-state.js";

const lane = () => new Lane({ contextTokens: [] } as unknown as LlamaContextSequence, {} as PrefixState, undefined);

it("leaves a step at once when it is interrupted, and is free when that has ended, its tokens with it", async () => {
  const one = lane();
  const abort = new AbortController();
  let finish = (): void => {};
  let ended = false;
  async function* tokens() {
    try {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      yield 1;
      yield 2;
    } finally {
      ended = true;
    }
  }
  const step = one.step(tokens(), undefined, abort.signal);
  abort.abort();
  expect(await step).toBeUndefined();
  expect([one.left, ended]).toEqual([expect.any(Promise), false]);
  finish();
  await one.left;
  expect([one.left, ended]).toEqual([undefined, true]);
});

it("is free as well when a step that was left fails", async () => {
  const one = lane();
  async function* tokens() {
    await Promise.resolve();
    yield* [1];
    throw new Error("decode failed");
  }
  const stream = tokens();
  expect(await one.step(stream, undefined, undefined)).toEqual({ done: false, value: 1 });
  expect(await one.step(stream, undefined, AbortSignal.abort())).toBeUndefined();
  await one.left;
  expect(one.left).toBeUndefined();
});
