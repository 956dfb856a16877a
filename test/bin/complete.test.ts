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
