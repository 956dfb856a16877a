// oslm complete with the real engine.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type WritableValue, writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";
import { sharedGgufs } from "../support/shared.js";

const home = new Home();
afterAll(() => home.remove());

const complete = (...args: string[]) => home.run(["complete", "demo", ...args]);
const SHORT = ["-n", "6", "--temp", "0"];
const document = (stdout: string) =>
  JSON.parse(stdout) as { text: string; usage: { promptTokens: number }; receipt: { templateSha256: string | null } };

it("continues a text without the template", async () => {
  const raw = await complete("How do I pull a model?", "--json", "-n", "8");
  const templated = await home.run(["run", "demo", "How do I pull a model?", "--json", "-n", "8"]);
  expect([raw.code, raw.stderr]).toEqual([0, ""]);
  const { usage, receipt } = document(raw.stdout);
  expect(usage.promptTokens).toBeLessThan(document(templated.stdout).usage.promptTokens);
  expect(receipt.templateSha256).toBeNull();
  expect(document(templated.stdout).receipt.templateSha256).not.toBeNull();
});

it("answers as run does when the text is what the template would have made", async () => {
  const answer = document((await home.run(["run", "demo", "How do I pull a model?", "--json"])).stdout).text;
  const text = "<|user|>How do I pull a model?<|end|><|assistant|>";
  expect(document((await complete(text, "--json")).stdout).text.trim()).toBe(answer);
});

it("takes the text from a pipe, and wants one", async () => {
  const piped = await home.run(["complete", "demo", "-n", "8"], { stdin: "How do I" });
  expect(piped.stdout).toBe((await complete("How do I", "-n", "8")).stdout);
  expect((await complete()).code).toBe(2);
  expect((await complete("-s", "You are terse.", "hi")).code).toBe(2);
});

it("joins files, the pipe and the argument as they stand, and leaves out the middle where it is told to", async () => {
  const [a, b] = ["a.txt", "b.txt"].map((name) => join(home.path, name)) as [string, string];
  writeFileSync(a, "How do\n");
  writeFileSync(b, "I pull");
  const joined = await home.run(["complete", "demo", "a model", "-f", a, "-f", b, ...SHORT], { stdin: " now\n" });
  expect(joined.stdout).toBe((await complete("How do\nI pull\n now\na model", ...SHORT)).stdout);
  writeFileSync(a, "word ".repeat(600));
  const cut = await complete("-f", a, "--ctx", "256", "--truncate", ...SHORT, "--json");
  expect(JSON.parse(cut.stdout)).toMatchObject({ truncated: { parts: [{ from: a }] } });
});

it("takes a grammar from the first character on, and has an answer again", async () => {
  const [grammar, receipt] = ["g.gbnf", "r.json"].map((name) => join(home.path, name)) as [string, string];
  writeFileSync(grammar, 'root ::= " red" | " blue"');
  const hot = ["--temp", "2", "--grammar", grammar, "--receipt", receipt];
  const { code, stdout } = await complete("The sky is", ...hot);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^ (red|blue)\n$/)]);
  expect(await home.run(["replay", receipt])).toEqual({ code: 0, stdout: "identical\n", stderr: "" });
});

it.each([["--think"], ["-s", "x"], ["--continue"], ["--plain"]])(
  "refuses %s, which has no meaning here",
  async (...flags) => {
    expect(await complete("hi", ...flags)).toMatchObject({ code: 2, stdout: "" });
  },
);

it("refuses to fill in the middle with a model that has no marks for it", async () => {
  const { code, stdout, stderr } = await complete("a = ", "--suffix", " + 1");
  expect([code, stdout]).toEqual([9, ""]);
  expect(stderr).toMatch(/cannot fill in the middle/);
});

/** A model of zeros whose last tokens are the marks; with or without one for the middle. */
function codeModel(marks: readonly string[]): string {
  const { metadata, tensors } = runnable("llama");
  const list = (key: string) => (metadata[key] as { value?: readonly (string | number)[] }).value ?? metadata[key];
  const extend = (key: string, more: readonly (string | number)[]): WritableValue => {
    const given = metadata[key] as { type: "int32" | "float32"; value: readonly number[] } | readonly string[];
    const values = [...(list(key) as readonly (string | number)[]), ...more];
    return "type" in given ? { type: given.type, value: values } : (values as string[]);
  };
  const size = (list("tokenizer.ggml.tokens") as readonly string[]).length + marks.length;
  const path = join(home.path, `code-${marks.length}.gguf`);
  const bytes = writeGguf({
    metadata: {
      ...metadata,
      "tokenizer.ggml.tokens": extend("tokenizer.ggml.tokens", marks),
      "tokenizer.ggml.scores": extend(
        "tokenizer.ggml.scores",
        marks.map(() => 0),
      ),
      "tokenizer.ggml.token_type": extend(
        "tokenizer.ggml.token_type",
        marks.map(() => 3),
      ),
    },
    tensors: tensors.map((tensor) =>
      tensor.name === "token_embd.weight" ? { ...tensor, dims: [tensor.dims[0] ?? 0, size] } : tensor,
    ),
  });
  writeFileSync(path, bytes);
  return path;
}

it.each([
  [["<fim_prefix>", "<fim_suffix>", "<fim_middle>"], 1 + 3 + 4 + 4],
  [["<fim_prefix>", "<fim_suffix>"], 1 + 2 + 4 + 4],
])("puts the two texts between the marks %j", async (marks, tokens) => {
  const { code, stdout, stderr } = await home.run(
    ["complete", codeModel(marks), "abcd", "--suffix", "efgh", "-n", "2", "--json"],
    {},
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect(document(stdout).usage.promptTokens).toBe(tokens);
});

const [stories] = sharedGgufs("models").filter((path) => path.endsWith("stories260K-f32.gguf"));

it.skipIf(stories === undefined)("gives the continuation exactly, beginning and all", async () => {
  const args = ["complete", stories ?? "", "Once upon a", "-n", "12", "--temp", "0"];
  const { stdout } = await home.run(args);
  expect(stdout).toBe(`${document((await home.run([...args, "--json"])).stdout).text}\n`);
  expect(stdout).toMatch(/^ time, /);
});

it("is among the verbs that decode with one thread of the pool", () => {
  expect(readFileSync(new URL("../../bin/oslm.js", import.meta.url), "utf8")).toContain('"complete"');
});
