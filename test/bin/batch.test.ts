// oslm batch with the real engine and the demo model.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { GO, scriptedModel } from "../support/scripted-model.js";

const home = new Home();
afterAll(() => home.remove());

interface Result {
  readonly id: string | number | null;
  readonly status: string;
  readonly text?: string;
  readonly usage?: object;
  readonly seed?: number;
  readonly error?: { readonly code: string; readonly exitCode: number; readonly hint: string };
}

const IN = join(home.path, "in.jsonl");
let out = "";
let count = 0;
beforeEach(() => {
  out = join(home.path, `out-${count++}.jsonl`);
});

const QUESTIONS = ["How do I pull a model?", "What is oslm?", "what is the capital of France?", "Tell me a story"];
const line = (value: object | string) => `${typeof value === "string" ? value : JSON.stringify(value)}\n`;
const write = (...values: readonly (object | string)[]) => writeFileSync(IN, values.map(line).join(""));
const questions = (number: number) =>
  Array.from({ length: number }, (_, index) => ({ id: `q${index}`, prompt: QUESTIONS[index % QUESTIONS.length] }));
const batch = (...args: string[]) => home.run(["batch", "demo", IN, "-o", out, "-n", "16", ...args]);
const results = (text = readFileSync(out, "utf8")): Result[] => {
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trim()
    .split("\n")
    .map((one) => JSON.parse(one) as Result);
};

it("answers each prompt as run does, in their order", async () => {
  write(...questions(4), { id: 7, messages: [{ role: "user", content: QUESTIONS[0] }], options: { maxTokens: 5 } });
  const { code, stdout, stderr } = await batch("--temp", "0", "--verbose", "--parallel", "5");
  expect([code, stdout]).toEqual([0, ""]);
  // The engine counts the caches of all of them, as we do.
  const [, counted = 0, foreseen = 0] = /counts (\d+) MB .* foreseen were (\d+) MB/.exec(stderr) ?? [];
  expect(Number(counted)).toBeGreaterThan(18);
  expect(Math.abs(Number(counted) - Number(foreseen))).toBeLessThanOrEqual(1);
  expect(stderr).toMatch(/5 of 5, .* tokens\/s/);
  const found = results();
  expect(found.map(({ id }) => id)).toEqual(["q0", "q1", "q2", "q3", 7]);
  for (const [index, question] of QUESTIONS.entries()) {
    const { stdout: answer } = await home.run(["run", "demo", question, "-n", "16", "--temp", "0"]);
    expect(`${found[index]?.text}\n`).toBe(answer);
  }
  expect(found[4]).toMatchObject({ finishReason: "length", usage: { completionTokens: 5 } });
  expect(home.files().filter((file) => /out-|lock/.test(file))).toEqual(["out-0.jsonl"]);
});

it("gives the same for the same seed, however many run at once", async () => {
  write(...questions(12));
  const args = ["--seed", "3", "--temp", "1.2"];
  await batch(...args, "--parallel", "1");
  const alone = readFileSync(out, "utf8");
  out = `${out}.more`;
  const { stdout } = await batch(...args, "--parallel", "6", "--json");
  expect(readFileSync(out, "utf8")).toBe(alone);
  expect(JSON.parse(stdout)).toMatchObject({ total: 12, done: 12, skipped: 0, parallel: 6 });
  expect(new Set(results().map(({ text }) => text)).size).toBe(4);
});

it("tells each line's fault in its place, and ends with 9", async () => {
  write(
    { id: "good", prompt: "hi" },
    "{ not json",
    { id: "both", prompt: "hi", messages: [] },
    { id: "odd", prompt: "hi", options: { temperature: 1 } },
    { id: "hot", prompt: "hi", options: { temp: 9 } },
    { id: "long", prompt: "word ".repeat(400) },
    { id: "role", messages: [{ role: "robot", content: "hi" }] },
  );
  const { code, stderr } = await batch("--ctx", "256");
  expect([code, stderr]).toEqual([9, expect.stringContaining("6 of 7 prompts have no answer")]);
  const found = results();
  expect(found.map(({ id, status, error }) => [id, status, error?.code])).toEqual([
    ["good", "ok", undefined],
    [null, "error", "bad-line"],
    ["both", "error", "bad-line"],
    ["odd", "error", "bad-line"],
    ["hot", "error", "bad-line"],
    ["long", "error", "prompt-too-long"],
    ["role", "error", "bad-line"],
  ]);
  expect(found[5]?.error?.hint).toMatch(/^--ctx \d+, or a shorter prompt$/);
});

it("goes on where it was: skips what is done, mends a torn line, tries failures again", async () => {
  write(...questions(6));
  const whole = await batch("--seed", "1");
  expect(whole.code).toBe(0);
  const lines = readFileSync(out, "utf8").split(/(?<=\n)/);
  const failed = line({ id: "q3", status: "error", line: 4, error: { code: "x" } });
  writeFileSync(out, [lines[0], lines[1], failed, lines[2]?.slice(0, 30)].join(""));
  const { code, stderr } = await batch("--seed", "1");
  expect([code, stderr]).toEqual([0, expect.stringMatching(/torn[\s\S]*2 of 6 are in/)]);
  expect(readFileSync(out, "utf8")).toBe(lines.join(""));
  // Nothing is left to do, and nothing changes.
  const again = await batch("--seed", "1", "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ total: 6, done: 0, skipped: 6 });
  expect(readFileSync(out, "utf8")).toBe(lines.join(""));
});

it("keeps what is done at Ctrl-C", async () => {
  const story = (id: number) => ({
    id,
    prompt: "Tell me a story",
    options: { maxTokens: 3000, temp: 3, minP: 0, topK: 0 },
  });
  write({ id: "a", prompt: "hi", options: { maxTokens: 1 } }, story(1), story(2), { id: "b", prompt: "hi" });
  const run = home.run(["batch", "demo", IN, "-o", out, "--parallel", "2", "--ctx", "4096"], {
    onStart: (child) => {
      const timer = setInterval(() => {
        if (!existsSync(out) || readFileSync(out).length === 0) return;
        clearInterval(timer);
        child.kill("SIGINT");
      }, 20);
    },
  });
  const { code: ended, stderr } = await run;
  expect([ended, stderr]).toEqual([130, expect.stringMatching(/1 of 4 are in .*stopped/s)]);
  expect(results().map(({ id, status }) => [id, status])).toEqual([["a", "ok"]]);
});

it("drops thinking where it is told to, and refuses what has no meaning", async () => {
  const template = `{% for m in messages %}{{ m.content }}{% endfor %}{{ '${GO}' }}`;
  const model = join(home.path, "thinks.gguf");
  writeFileSync(model, scriptedModel({ script: ["<think>", "hm", "</think>", "yes"], template }));
  write({ id: 1, prompt: "hi", options: { repeatPenalty: 1, repeatLastN: 0 } });
  const thinks = async (...args: string[]) => (await home.run(["batch", model, IN, "--quiet", ...args])).stdout;
  expect(JSON.parse(await thinks())).toMatchObject({ text: "yes", thinking: "hm" });
  const hidden = JSON.parse(await thinks("--think=hide")) as object;
  expect(hidden).toMatchObject({ text: "yes" });
  expect(hidden).not.toHaveProperty("thinking");
  for (const flags of [["--no-cache"], ["--schema", "x"], ["-f", "x"], ["--truncate"]]) {
    expect((await batch(...flags)).code).toBe(2);
  }
  const { code, stderr } = await home.run(["batch", "demo", "nowhere.jsonl"]);
  expect([code, stderr]).toEqual([3, expect.stringMatching(/^oslm: there is no file nowhere\.jsonl\n.*\nTry: ls /)]);
});

it("reads a pipe and writes to stdout", async () => {
  const stdin = questions(3).map(line).join("");
  const { code, stdout } = await home.run(["batch", "demo", "-n", "8", "--unordered", "--quiet"], { stdin });
  expect(code).toBe(0);
  expect(
    results(stdout)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["q0", "q1", "q2"]);
});

it("takes the system prompt of the command where a line names none", async () => {
  write({ id: 1, prompt: "hi" }, { id: 2, prompt: "hi", system: "You are terse." });
  await batch();
  const plain = results();
  out = `${out}.system`;
  await batch("-s", "You are terse.");
  const tokens = (found: readonly Result[]) =>
    found.map(({ usage }) => (usage as { promptTokens: number }).promptTokens);
  const [a = 0, b = 0] = tokens(plain);
  expect(a).toBeLessThan(b);
  expect(tokens(results())).toEqual([b, b]);
});

it.each([
  [() => write({ id: 1, prompt: "a" }, { id: "1", prompt: "b" }), [], 2, /lines 1 and 2 .* same id/],
  [() => write(), [], 2, /holds no prompts/],
  [() => writeFileSync(out, "my thesis\n"), [], 2, /cannot take the results/],
  [() => writeFileSync(out, "my thesis"), [], 2, /cannot take the results/],
  [() => {}, ["--parallel", "0"], 2, /parallel/],
  [
    () => write({ id: 1, prompt: "a" }),
    ["--parallel", "200", "--ram", "300MB"],
    6,
    /does not fit[\s\S]*Try: oslm batch demo .* --parallel 50 --ram 300MB(\n| )/,
  ],
] as const)("refuses what cannot be right: %#", async (prepare, args, exit, message) => {
  write({ id: 1, prompt: "a" });
  prepare();
  const before = existsSync(out) ? readFileSync(out, "utf8") : undefined;
  const { code, stdout, stderr } = await batch(...args);
  expect([code, stdout]).toEqual([exit, ""]);
  expect(stderr).toMatch(message);
  if (before !== undefined) expect(readFileSync(out, "utf8")).toBe(before);
});
