// What of a result is computed only where it is wanted.
import { expect, it } from "vitest";
import { type Finished, runResult } from "../../src/cli/run-result.js";

it("hashes the model's file for the fields that have its hash, and for no other", async () => {
  let hashed = 0;
  const local = { ref: "m", stored: null, sha256: async () => `hash ${++hashed}` };
  const done = { finishReason: "stop", usage: {}, timings: {} };
  const answer = { text: "yes", thinking: "", tokens: [], done, receipt: { lora: [] } };
  const finished = { local, answer, ctx: 8, truncated: null } as unknown as Finished;
  const result = (...fields: string[]) => runResult(finished, { wants: (field) => fields.includes(field) });
  expect([await result("text", "usage"), hashed]).toMatchObject([{ text: "yes" }, 0]);
  expect([await result("model"), hashed]).toMatchObject([{ model: { sha256: "hash 1" } }, 1]);
  expect([await result("receipt"), hashed]).toMatchObject([{ receipt: { modelSha256: "hash 2" } }, 2]);
});
