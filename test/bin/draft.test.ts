// --draft and --lookup of the built program. The texts themselves: test/runtime/guesses.test.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { worseDemo } from "../support/drafts.js";
import { writeGguf } from "../support/gguf-writer.js";
import { DEMO, Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";

const home = new Home();
afterAll(() => home.remove());

const file = (name: string, bytes: Uint8Array): string => {
  const path = join(home.path, name);
  writeFileSync(path, bytes);
  return path;
};

const WORSE = file("worse.gguf", await worseDemo());

interface Document {
  readonly text: string;
  readonly timings: { readonly speculation?: { readonly checked: number; readonly right: number } };
}
const run = async (...args: string[]): Promise<Document> => {
  const { code, stdout, stderr } = await home.run(["run", "demo", ...args, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Document;
};
const QUESTION = ["How do I pull a model?", "--temp", "0"];

it("gives the same text, says with --verbose how many guesses were right, and marks the receipt", async () => {
  const { stdout, stderr, code } = await home.run([
    ...["run", "demo", ...QUESTION, "--draft", DEMO, "-n", "7", "--ctx", "256", "--verbose"],
  ]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/\d+ of \d+ guessed tokens were right[\s\S]*cut after 7/)]);
  const plain = await run(...QUESTION, "-n", "7");
  expect(`${plain.text}\n`).toBe(stdout);
  expect(plain).not.toHaveProperty("receipt.guessed");
  expect(await run("hi", "-n", "4", "--lookup")).toMatchObject({ receipt: { guessed: true } });
});

it("guesses for each of a batch, too", async () => {
  const stdin = ["How do I pull a model?", "What is oslm?", "hello"]
    .map((prompt, id) => `${JSON.stringify({ id, prompt })}\n`)
    .join("");
  const batch = ["batch", "demo", "--seed", "1", "--temp", "0", "-n", "20", "--quiet"];
  const plain = await home.run(batch, { stdin });
  expect((await home.run([...batch, "--draft", WORSE, "--parallel", "2"], { stdin })).stdout).toBe(plain.stdout);
});

it("refuses a draft that counts in other tokens", async () => {
  const refused = async (draft: string) => {
    const { code, stdout, stderr } = await home.run(["run", "demo", "hi", "--draft", draft]);
    expect(stdout).toBe("");
    return [code, stderr] as const;
  };
  const other = file("other.gguf", writeGguf(runnable("llama")));
  expect(await refused(other)).toEqual([2, expect.stringMatching(/cannot guess for this model[\s\S]*tokenizer/)]);
  // One word of the vocabulary is another: no header tells.
  const bytes = readFileSync(DEMO);
  const place = bytes.indexOf("\u0120license");
  bytes.write("\u0120liqxnse", place);
  expect(place).toBeGreaterThan(0);
  expect(await refused(file("word.gguf", bytes))).toEqual([2, expect.stringMatching(/token \d+ content differs/)]);
  expect((await refused(join(home.path, "none.gguf")))[0]).toBe(3);
  const both = await home.run(["run", "demo", "hi", "--draft", DEMO, "--lookup"]);
  expect(both.code).toBe(2);
});

it("refuses guesses for a recurrent model", async () => {
  const path = file("mamba.gguf", writeGguf(runnable("mamba")));
  const { code, stderr } = await home.run(["complete", path, "ab", "-n", "2", "--lookup"]);
  expect([code, stderr]).toEqual([9, expect.stringContaining("cannot check guesses")]);
});

it("counts the draft's memory", async () => {
  const needs = async (...args: string[]) => {
    const { stderr } = await home.run(["run", "demo", "hi", "-n", "1", "--verbose", ...args]);
    return Number(/needs (\d+) MB of RAM/.exec(stderr)?.[1]);
  };
  const [alone, both] = [await needs(), await needs("--draft", DEMO)];
  expect(both - alone).toBeGreaterThan(5);
  const between = `${Math.round((alone + both) / 2 / 0.95)}MB`;
  const { code, stderr } = await home.run(["run", "demo", "hi", "-n", "1", "--ram", between, "--draft", DEMO]);
  expect([code, stderr]).toEqual([6, expect.stringContaining("does not fit")]);
});
