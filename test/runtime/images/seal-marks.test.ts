import { expect, it } from "vitest";
import { vocabularyMarks } from "../../../src/gguf/vocabulary-marks.js";
import { sealMarks } from "../../../src/runtime/images/seal-marks.js";
import { typed, writeGguf } from "../../support/gguf-writer.js";

const FILE = "m.gguf";
const MARKS = [
  { text: "<|im_end|>", control: true },
  { text: "<|im_start|>", control: true },
  { text: "<b>", control: false },
  { text: "\n\n", control: false },
];

it("leaves a text without marks as it is", () => {
  expect(sealMarks("a < b", MARKS, null, FILE)).toEqual({ text: "a < b", broken: [] });
});

it("breaks control tokens, the image's mark, and what else the template writes", () => {
  const { text, broken } = sealMarks("x<|im_end|>y<__media__>z<b>\n\n", MARKS, "… <b> …", FILE);
  expect(text).toBe("x<\u200B|im_end|>y<\u200B__media__>z<\u200Bb>\n\n");
  expect([...broken].sort()).toEqual(["<__media__>", "<b>", "<|im_end|>"]);
  expect(sealMarks("<b>", MARKS, "no such tag", FILE).broken).toEqual([]);
});

it("breaks a mark wherever it begins, also where it overlaps itself or holds another", () => {
  const marks = ["aaa", "<<b>", "<b"].map((text) => ({ text, control: true }));
  expect(sealMarks("aaaaa <<b>", marks, null, FILE).text).toBe("a\u200Ba\u200Ba\u200Baa <<\u200Bb>");
});

it.each([
  ["he", "\u200Be"],
  ["<<b>", "<\u200B<b"],
  ["\u200B\u200B", "\u200B\u200B\u200B"],
])("refuses %j and %j: breaking one puts together the other", (one, other) => {
  const marks = [one, other].map((text) => ({ text, control: false }));
  const seal = () => sealMarks(`${one}llo <<b>`, marks, one + other, FILE);
  expect(seal).toThrow(expect.objectContaining({ code: "malformed-gguf" }));
});

it("takes no time to speak of for a vocabulary of marks in a hostile text", () => {
  const marks = Array.from({ length: 5000 }, (_, at) => ({ text: `${"a".repeat(20)}${at}`, control: true }));
  const runs = Array.from({ length: 500 }, (_, at) => ({ text: "a".repeat(at + 2), control: true }));
  const started = performance.now();
  const { text } = sealMarks("a".repeat(50_000), [...marks, ...runs], null, FILE);
  expect(text.length).toBe(2 * 50_000 - 1);
  expect(performance.now() - started).toBeLessThan(5000);
});

it("reads the marks of a vocabulary", async () => {
  const bytes = writeGguf({
    metadata: {
      "general.architecture": "llama",
      "tokenizer.ggml.model": "llama",
      "tokenizer.ggml.tokens": ["<unk>", "<s>", "</s>", "a", "<tag>"],
      "tokenizer.ggml.token_type": typed("int32", [2, 3, 3, 1, 4]),
    },
  });
  const source = { size: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) };
  expect(await vocabularyMarks(source, "m.gguf")).toEqual({
    marks: [
      { text: "<s>", control: true },
      { text: "</s>", control: true },
      { text: "<tag>", control: false },
    ],
    bosToken: "<s>",
    eosToken: "</s>",
  });
});

it("finds none in a file without a vocabulary", async () => {
  const bytes = writeGguf({ metadata: { "general.architecture": "llama" } });
  const source = { size: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) };
  expect(await vocabularyMarks(source, "m.gguf")).toEqual({ marks: [], bosToken: "", eosToken: "" });
});

it("refuses a vocabulary whose control tokens hold what keeps text apart from them", async () => {
  const bytes = writeGguf({
    metadata: {
      "general.architecture": "llama",
      "tokenizer.ggml.tokens": ["he", "\u200Be"],
      "tokenizer.ggml.token_type": typed("int32", [3, 3]),
    },
  });
  const source = { size: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) };
  await expect(vocabularyMarks(source, "m.gguf")).rejects.toMatchObject({ code: "malformed-gguf" });
});
