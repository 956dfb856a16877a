import { expect, it } from "vitest";
import { TextAssembler } from "../../src/runtime/llama/text-assembler.js";

/** A tokenizer with one token per byte: what every byte-level model does to rare characters. */
const bytes = (tokens: readonly number[]): string => Buffer.from(tokens).toString("utf8");

function feed(text: string, stop: readonly string[] = []) {
  const assembler = new TextAssembler(bytes, stop);
  const pieces: string[] = [];
  for (const byte of Buffer.from(text)) {
    pieces.push(assembler.add(byte));
    if (assembler.stopped) break;
  }
  pieces.push(assembler.end());
  return { pieces, text: pieces.join(""), stopped: assembler.stopped };
}

it("never gives half a character", () => {
  const { pieces, text } = feed("né 語 🦦!");
  expect(text).toBe("né 語 🦦!");
  expect(pieces.join("|")).not.toContain("\uFFFD");
});

it("gives up waiting for bytes that are no character", () => {
  const assembler = new TextAssembler(bytes, []);
  const pieces = [0xff, 0xff, 0xff, 0xff, 0x41].map((byte) => assembler.add(byte));
  expect(pieces).toEqual(["", "", "", "\uFFFD".repeat(4), "A"]);
});

it.each([
  ["ends before a stop text", "one two three", ["two"], "one ", true],
  ["takes the first of several", "abc def", ["def", "bc"], "a", true],
  ["gives back what only looked like a stop text", "a STO b", ["STOP"], "a STO b", false],
  ["gives back what was held at the end", "a STO", ["STOP"], "a STO", false],
  ["holds overlapping beginnings", "aaab", ["aab"], "a", true],
])("%s", (_, input, stop, expected, stopped) => {
  expect(feed(input, stop)).toMatchObject({ text: expected, stopped });
});

it("says nothing of a stop text before it is certain", () => {
  const assembler = new TextAssembler(bytes, ["END"]);
  const shown = [..."xEN"].map((letter) => assembler.add(letter.charCodeAt(0)));
  expect(shown).toEqual(["x", "", ""]);
});
