// What is in the results already counts only for what it is an answer to.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { GO, scriptedModel } from "../support/scripted-model.js";

const home = new Home();
afterAll(() => home.remove());

interface Result {
  readonly id: string | number;
  readonly text: string;
  readonly seed: number;
}

const IN = join(home.path, "in.jsonl");
let out = "";
let count = 0;
beforeEach(() => {
  out = join(home.path, `out-${count++}.jsonl`);
});

// Says what it was asked: by that an answer is told from those to other prompts.
const MODEL = join(home.path, "echo.gguf");
const model = (answer: string) =>
  scriptedModel({ script: [answer], template: `{% for m in messages %}{{ m.content }}{% endfor %}{{ '${GO}' }}` });
writeFileSync(MODEL, model("yes"));

const ask = (...tasks: readonly (string | object)[]) => {
  const line = (task: string | object) => `${JSON.stringify(typeof task === "string" ? { prompt: task } : task)}\n`;
  writeFileSync(IN, tasks.map(line).join(""));
};
const batch = (...args: string[]) => home.run(["batch", MODEL, IN, "-o", out, "-n", "4", "--json", ...args]);
const answered = async (...args: string[]) => {
  const { code, stdout, stderr } = await batch(...args);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return (JSON.parse(stdout) as { readonly done: number }).done;
};
/** Each answer by its seed, which no other has. */
const results = (): ReadonlyMap<string | number, number> => {
  const lines = readFileSync(out, "utf8").trim().split("\n");
  const all = lines.map((line) => JSON.parse(line) as Result);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  return new Map(all.map(({ id, seed }) => [id, seed]));
};

it("answers an edited prompt again, and only that one", async () => {
  ask("a", "b", "c");
  expect(await answered()).toBe(3);
  const before = results();
  ask("a", "B", "c");
  expect(await answered()).toBe(1);
  const after = results();
  expect([after.get(1), after.get(3)]).toEqual([before.get(1), before.get(3)]);
  expect(after.get(2)).not.toBe(before.get(2));
});

it("knows prompts without an id wherever they have moved", async () => {
  ask("a", "b", "b", "c");
  await answered();
  const before = results();
  ask("new", "a", "b", "b");
  expect(await answered()).toBe(1);
  const after = results();
  expect([...after.keys()].sort()).toEqual([1, 2, 3, 4]);
  expect(after.get(2)).toBe(before.get(1));
  expect([after.get(3), after.get(4)].sort()).toEqual([before.get(2), before.get(3)].sort());
});

it("answers what has an id by its id, and leaves the answers to other files of prompts alone", async () => {
  ask({ id: "a", prompt: "x" }, { id: "b", prompt: "y" });
  await answered();
  ask({ id: "c", prompt: "x" });
  expect(await answered()).toBe(1);
  ask({ id: "b", prompt: "y" }, { id: "a", prompt: "x", options: { seed: 1 } });
  expect(await answered()).toBe(1);
  expect([...results().keys()].sort()).toEqual(["a", "b", "c"]);
  expect(results().get("a")).toBe(1);
});

it("goes on with another context and another number at a time", async () => {
  ask("a", "b");
  await answered();
  expect(await answered("--ctx", "512", "--parallel", "1")).toBe(0);
});

it.each([
  ["another model", () => writeFileSync(MODEL, model("no")), []],
  ["other flags", () => {}, ["--temp", "0.5"]],
  ["another system prompt", () => {}, ["-s", "Be terse."]],
  ["an older oslm", () => writeFileSync(out, readFileSync(out, "utf8").replace(/,"promptHash[^}]*/g, "")), []],
  ["other prompts", () => ask("x", "y"), []],
] as const)("refuses results of %s, and replaces them when told to", async (_, change, args) => {
  ask("a", "b");
  await answered();
  change();
  const before = readFileSync(out, "utf8");
  const { code, stdout, stderr } = await home.run(["batch", MODEL, IN, "-o", out, "-n", "4", ...args]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^oslm: .* has answers .*\n {2}.* 2 of 2.*\nTry: .*--redo/);
  expect(readFileSync(out, "utf8")).toBe(before);
  expect(await answered("--redo", ...args)).toBe(2);
  expect(await answered("--redo", ...args)).toBe(0);
});

it("takes prompts with a byte order mark", async () => {
  writeFileSync(IN, `\uFEFF${JSON.stringify({ id: "a", prompt: "x" })}\r\n`);
  expect(await answered()).toBe(1);
  expect([...results().keys()]).toEqual(["a"]);
});
