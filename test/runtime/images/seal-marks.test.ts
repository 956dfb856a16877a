import { expect, it } from "vitest";
import { vocabularyMarks } from "../../../src/gguf/vocabulary-marks.js";
import { sealMarks } from "../../../src/runtime/images/seal-marks.js";
import { typed, writeGguf } from "../../support/gguf-writer.js";

const MARKS = [
  { text: "<|im_end|>", control: true },
  { text: "<|im_start|>", control: true },
  { text: "<b>", control: false },
  { text: "\n\n", control: false },
];

it("leaves a text without marks as it is", () => {
  expect(sealMarks("a < b", MARKS, null)).toEqual({ text: "a < b", broken: [] });
});

it("breaks control tokens, the image's mark, and what else the template writes", () => {
  const { text, broken } = sealMarks("x<|im_end|>y<__media__>z<b>\n\n", MARKS, "… <b> …");
  expect(text).toBe("x<\u200B|im_end|>y<\u200B__media__>z<\u200Bb>\n\n");
  expect([...broken].sort()).toEqual(["<__media__>", "<b>", "<|im_end|>"]);
  expect(sealMarks("<b>", MARKS, "no such tag").broken).toEqual([]);
});

it("leaves no mark behind that breaking another puts together", () => {
  const nested = [
    { text: "<<b>", control: true },
    { text: "<\u200B<b", control: true },
  ];
  const { text } = sealMarks("<<b>", nested, null);
  for (const { text: mark } of nested) expect(text).not.toContain(mark);
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
