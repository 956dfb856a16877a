// That the engine cuts texts under each name of the table as the steps beside it say. Those stand in its src/llama-vocab.cpp as the
// "original regex from tokenizer.json", but what it computes was adapted; and an editor can change letters that look the same.
import { describe, expect, it } from "vitest";
import { PRE_TOKENIZERS, type PreTokenizer } from "../../../src/convert/vocabulary/pre-tokenizers.js";
import { readVocabulary } from "../../../src/convert/vocabulary/read-vocabulary.js";
import { folderOf } from "../../support/checkpoint-folder.js";
import { cut, mergePairs } from "../../support/cut-texts.js";
import { random } from "../../support/random.js";
import { BYTE_LETTERS, tinyTokenizer } from "../../support/tiny-tokenizer.js";
import { withVocabulary } from "../../support/vocabulary-engine.js";

const TEXTS = [
  "Hello world, I'm here; it's THEY'RE we'Ve a'lL 'told 'x",
  "  two   three\t\ttabs \n \n\n  lines\r\n\r\nend  ",
  "3 33 333 3333 33333 3.14 1,234,567 x86 v2.0 7th abc123def",
  "f(x) = {a: [1, 2]}; // note\n\t#include <stdio.h>/*!?...*/ -->\n\n/path/to",
  "camelCaseWord HTTPServer ABC Def gHI Straße École Ünder",
  "naïve Besançon über ψυχή Съешь ещё ЁЛКА",
  "天地玄黄 いろはにほへと カタカナ 한국어 漢字123漢字 、。「引用」！",
  "हिन्दी में पाठ ไทยภาษา עברית العربية، نص؟",
  "🦙🚀 ✅ ½ ² Ⅷ ٣٤٥ €5 £6 © ™ — – … “x” ‘y’ « z »",
];

/** Where the engine cuts less: harmless, since no vocabulary that was trained on these pieces merges across their ends. */
const CUT_LESS: Readonly<Record<string, string>> = {
  falcon: "a space stays with the digits after it",
  tiny_aya: "camelCase stays one piece",
  "deepseek-llm": "digits stay together",
};
/** Where it makes other pieces, which is said of every file (`leftOut`): the texts that show it. */
const OTHERWISE: Readonly<Record<string, RegExp>> = { falcon: /[½²Ⅷ]/, "gpt-4o": /\p{M}/u, tekken: /\p{M}/u };

/** Neighboring bytes of some pieces. */
function pairsIn(pieces: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const piece of pieces) {
    const bytes = [...Buffer.from(piece)];
    for (let i = 0; i + 1 < bytes.length; i++) found.add(`${bytes[i]} ${bytes[i + 1]}`);
  }
  return [...found];
}

/** Every pair merges, in an order of chance: a cut at another place shows in what is merged around it. */
function ranked(seed: number, pieces: readonly string[]): readonly string[] {
  const { next } = random(seed);
  return pairsIn(pieces)
    .map((pair) => ({ pair, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ pair }) => pair);
}

const letters = (bytes: readonly number[]) => bytes.map((byte) => BYTE_LETTERS[byte]).join("");

interface Cuts {
  readonly engine: readonly (readonly string[])[];
  readonly steps: readonly (readonly string[])[];
}

async function cutsOf({ name, steps }: PreTokenizer, texts: readonly string[], seed: number): Promise<Cuts> {
  const pairs = ranked(seed, name in CUT_LESS ? texts.flatMap((text) => cut(steps, text)) : texts);
  const ranks = new Map(pairs.map((pair, rank) => [pair, rank]));
  const merges = pairs.map((pair) => pair.split(" ").map((byte) => BYTE_LETTERS[Number(byte)] as string));
  const all = [...BYTE_LETTERS, ...merges.map((merge) => merge.join(""))];
  const vocab = Object.fromEntries(all.map((text, id) => [text, id]));
  const read = await readVocabulary(folderOf({ "tokenizer.json": tinyTokenizer({}, { vocab, merges }) }));
  const made = read.map((pair) =>
    pair[0] === "tokenizer.ggml.pre" ? ([pair[0], { type: "string", value: name }] as const) : pair,
  );
  const engine = await withVocabulary(made, ({ tokenize, getTokenString }) =>
    texts.map((text) => tokenize(text).map(getTokenString)),
  );
  return {
    engine,
    steps: texts.map((text) => cut(steps, text).flatMap((piece) => mergePairs(piece, ranks).map(letters))),
  };
}

describe.each(PRE_TOKENIZERS)("$name", (one) => {
  const otherwise = OTHERWISE[one.name];
  it.each([1, 2, 3])("cuts as its steps say, pairs in order %i", async (seed) => {
    const { engine, steps } = await cutsOf(
      one,
      TEXTS.filter((text) => !otherwise?.test(text)),
      seed,
    );
    expect(engine).toEqual(steps);
  });

  it("does not where that is said", async () => {
    expect(otherwise !== undefined).toBe(one.leftOut !== undefined);
    const { engine, steps } = await cutsOf(
      one,
      TEXTS.filter((text) => otherwise?.test(text)),
      1,
    );
    if (otherwise !== undefined) expect(engine).not.toEqual(steps);
  });
});
