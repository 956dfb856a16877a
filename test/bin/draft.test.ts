// Guessing ahead, by a small model and from the prompt, with the real engine.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readHeader } from "../../src/gguf/header.js";
import { memorySource } from "../../src/gguf/source.js";
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

/** The demo model, with a part of its words mixed up: it is sure of them, and wrong. */
async function worse(): Promise<string> {
  const bytes = readFileSync(DEMO);
  const { tensors, dataOffset } = await readHeader(memorySource(bytes), { name: "demo" });
  for (const { name, dims, offset, bytes: size } of tensors) {
    if (name !== "token_embd.weight" && name !== "output.weight") continue;
    const row = size / (dims[1] ?? 1);
    const [start, end] = [300, 600].map((token) => dataOffset + offset + token * row) as [number, number];
    const first = Buffer.from(bytes.subarray(start, start + row));
    bytes.copyWithin(start, start + row, end);
    first.copy(bytes, end - row);
  }
  return file("worse.gguf", bytes);
}
const WORSE = await worse();

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
/** Without guesses. */
const PLAIN = await run(...QUESTION);

it("gives the same text with guesses, right and wrong ones", async () => {
  expect(PLAIN.timings).not.toHaveProperty("speculation");
  const self = await run(...QUESTION, "--draft", DEMO);
  expect(self.text).toBe(PLAIN.text);
  const { checked = 0, right = 0 } = self.timings.speculation ?? {};
  expect(checked).toBeGreaterThan(10);
  // A model guesses its own words.
  expect(right).toBe(checked);
  const other = await run(...QUESTION, "--draft", WORSE);
  expect(other.text).toBe(PLAIN.text);
  const { checked: many = 0, right: few = 0 } = other.timings.speculation ?? {};
  expect(few).toBeLessThan(many);
});

it("gives the same text with what the prompt says", async () => {
  const echo = ["complete", "demo", "a b c d e f a b c d e f a b c d", "--temp", "0", "-n", "24", "--json"];
  const [without, withIt] = [await home.run(echo), await home.run([...echo, "--lookup"])];
  const { text, timings } = JSON.parse(withIt.stdout) as Document;
  expect(text).toBe((JSON.parse(without.stdout) as Document).text);
  expect(timings.speculation?.checked).toBeGreaterThan(0);
});

it("gives the same for the same seed, whoever guesses", async () => {
  const story = ["Tell me a story", "--temp", "2", "--top-p", "1", "--min-p", "0", "-n", "30"];
  const texts = await Promise.all([
    run(...story, "--seed", "1", "--draft", DEMO),
    run(...story, "--seed", "1", "--draft", WORSE),
    run(...story, "--seed", "1", "--lookup"),
    run(...story, "--seed", "2", "--lookup"),
  ]);
  const [a, b, c, d] = texts.map(({ text }) => text);
  expect(texts[0]).toMatchObject({ receipt: { guessed: true } });
  expect([b, c]).toEqual([a, a]);
  expect(d).not.toBe(a);
});

it("keeps to the length, the stop text and the context, and says how it went", async () => {
  const { stdout, stderr, code } = await home.run([
    ...["run", "demo", ...QUESTION, "--draft", DEMO, "-n", "7", "--ctx", "256", "--verbose"],
  ]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/\d+ of \d+ guessed tokens were right[\s\S]*cut after 7/)]);
  expect(PLAIN.text.startsWith(stdout.trim())).toBe(true);
  const stopped = await run(...QUESTION, "--stop", "pull", "--draft", DEMO);
  expect(stopped.text).toBe(PLAIN.text.slice(0, PLAIN.text.indexOf("pull")).trim());
  const full = ["complete", "demo", "word ".repeat(60), "--temp", "0", "--ctx", "256", "--json"];
  const [ends, alone] = [await home.run([...full, "--lookup"]), await home.run(full)];
  expect((JSON.parse(ends.stdout) as Document).text).toBe((JSON.parse(alone.stdout) as Document).text);
});

it("guesses no further than the draft was made for", async () => {
  const bytes = readFileSync(DEMO);
  const key = Buffer.from("llama.context_length");
  const place = bytes.indexOf(key) + key.length + 4;
  bytes.writeUInt32LE(24, place);
  const short = await run(...QUESTION, "--draft", file("short.gguf", bytes));
  const { checked = 0 } = short.timings.speculation ?? {};
  expect(checked).toBeGreaterThan(0);
  expect(checked).toBeLessThan(24);
  expect(short.text).toBe(PLAIN.text);
});

it("guesses for each of a batch, too", async () => {
  const stdin = ["How do I pull a model?", "What is oslm?", "hello"]
    .map((prompt, id) => `${JSON.stringify({ id, prompt })}\n`)
    .join("");
  const batch = ["batch", "demo", "--seed", "1", "--temp", "0", "-n", "20", "--quiet"];
  const plain = await home.run(batch, { stdin });
  expect((await home.run([...batch, "--draft", WORSE, "--parallel", "2"], { stdin })).stdout).toBe(plain.stdout);
  expect((await home.run([...batch, "--lookup"], { stdin })).stdout).toBe(plain.stdout);
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
