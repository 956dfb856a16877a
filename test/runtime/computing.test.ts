// Waiting for native work that cannot be stopped, and leaving it.
import { expect, it } from "vitest";
import { isComputing, stepOf } from "../../src/runtime/computing.js";

function pending() {
  let resolve = (_: string): void => {};
  const work = new Promise<string>((done) => {
    resolve = done;
  });
  return { work, resolve };
}

it("gives what a step gives", async () => {
  const { work, resolve } = pending();
  const result = stepOf(work, new AbortController().signal);
  expect(isComputing()).toBe(true);
  resolve("token");
  expect(await result).toBe("token");
  expect(isComputing()).toBe(false);
});

it.each(["before", "during"])("leaves a step that is interrupted %s it, and knows that it goes on", async (when) => {
  const abort = new AbortController();
  if (when === "before") abort.abort();
  const { work, resolve } = pending();
  const result = stepOf(work, abort.signal);
  abort.abort();
  expect(await result).toBeUndefined();
  expect(isComputing()).toBe(true);
  resolve("late");
  await work;
  await Promise.resolve();
  expect(isComputing()).toBe(false);
});

it("throws what a step throws, and nothing once it was left", async () => {
  const fault = Promise.reject(new Error("decode failed"));
  await expect(stepOf(fault, undefined)).rejects.toThrow("decode failed");
  const abort = new AbortController();
  abort.abort();
  expect(await stepOf(Promise.reject(new Error("late")), abort.signal)).toBeUndefined();
});
