// What a batch asks of its session.
import { expect, it } from "vitest";
import { batch } from "../../src/app/run/batch.js";
import type { BatchTask } from "../../src/app/run/batch-task.js";
import type { AnswerOptions, Session } from "../../src/app/run/session.js";

it("leaves the seed to the session where nobody gave one, and tells which it was", async () => {
  const asked: AnswerOptions["sampling"][] = [];
  const session = {
    plan: { sequences: 1 },
    async *answer(_: unknown, { sampling }: AnswerOptions) {
      asked.push(sampling);
      yield { type: "text", text: "yes" };
      yield { type: "done", finishReason: "stop", usage: { promptTokens: 1, completionTokens: 1 } };
      return { sampling: { seed: 5, ...sampling } };
    },
  } as unknown as Session;
  const task = (id: number, sampling: object) =>
    ({ id, line: id, messages: [], options: { sampling } }) as unknown as BatchTask;
  const seeds: unknown[] = [];
  const tasks = [task(1, {}), task(2, { seed: 7 })];
  for await (const result of batch(session, tasks, { sampling: { temp: 1 }, stop: [], runHash: "r" }, true))
    seeds.push(result);
  expect(asked).toEqual([{ temp: 1 }, { temp: 1, seed: 7 }]);
  expect(seeds).toMatchObject([
    { id: 1, status: "ok", text: "yes", seed: 5 },
    { id: 2, status: "ok", seed: 7 },
  ]);
});
