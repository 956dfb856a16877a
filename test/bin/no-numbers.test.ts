// A model whose weights are no numbers has no answer: not rubbish with exit 0.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nanModel } from "../support/nan-model.js";
import { Home } from "../support/oslm.js";

const home = new Home();
const model = join(home.path, "broken.gguf");
const other = join(home.path, "other.gguf");
const tasks = join(home.path, "tasks.jsonl");
beforeAll(() => {
  writeFileSync(model, nanModel("broken"));
  writeFileSync(other, nanModel("another file of the same"));
  writeFileSync(tasks, '{"id":1,"prompt":"a"}\n{"id":2,"prompt":"b"}\n');
});
afterAll(() => home.remove());

const SAID = "broken.gguf computes no numbers";

it.each<readonly string[]>([
  ["run", model, "Hello"],
  ["run", model, "Hello", "--top-k", "0", "--top-p", "1", "--min-p", "0"],
  ["run", model, "Hello", "--temp", "0"],
  ["run", model, "Hello", "--temp", "0", "--lookup"],
  ["run", model, "Hello", "--format", "json"],
  ["run", model, "Hello", "--n-probs", "2", "--json"],
  ["complete", model, "Hello"],
  ["batch", model, tasks],
  ["batch", model, tasks, "--temp", "0"],
  ["embed", model, "Hello"],
  ["quantize", "--compare", model, other],
])("oslm %s says so and ends with 9: %#", async (...args) => {
  const { code, stdout, stderr } = await home.run(args);
  expect(stderr).toContain(SAID);
  expect(code).toBe(9);
  // Results of a batch are lines, also of what went wrong.
  if (args[0] === "batch") expect(stdout.match(/"status":"error"/g)).toHaveLength(2);
  else expect(stdout).toBe("");
});

it("a chat ends with it", async () => {
  const { code, stdout, stderr } = await home.run(["chat", model], { stdin: "Hello\nHello again\n" });
  expect([code, stdout]).toEqual([9, ""]);
  expect(stderr.split(SAID)).toHaveLength(2);
});

it("does not blame a model for a temperature of next to nothing", async () => {
  const [least, none] = await Promise.all(
    ["1e-40", "0"].map((temp) => home.run(["run", "demo", "Hello", "--temp", temp])),
  );
  expect(least).toEqual(none);
  expect(none?.code).toBe(0);
});
