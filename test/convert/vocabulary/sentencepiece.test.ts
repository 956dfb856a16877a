// Models that SentencePiece itself trained, and the ids that it gives: the engine gives the same with what we make of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readVocabulary } from "../../../src/convert/vocabulary/read-vocabulary.js";
import { readSentencePiece } from "../../../src/convert/vocabulary/sentencepiece.js";
import { folderOf } from "../../support/checkpoint-folder.js";
import { failureOf } from "../../support/failure-of.js";
import { byteFallbackJson, GEMMA, MISTRAL } from "../../support/published-tokenizer.js";
import { withVocabulary } from "../../support/vocabulary-engine.js";

const FIXTURES = join(import.meta.dirname, "..", "..", "fixtures", "sentencepiece");
const fixture = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, `${name}.model`)));
const expected = readFileSync(join(FIXTURES, "expected.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as { text: string; ids: Readonly<Record<string, readonly number[]>> });

/** Where the engine's own search for the likeliest split is not SentencePiece's: splits that are as likely, ▁ itself, no words. */
const ENGINE_DIFFERS: Readonly<Record<string, RegExp>> = { t5: /^-----|▁/, unigram: /^-----|^ *$| {3}/ };

it.each(["llama", "gemma", "t5", "unigram"])(
  "gives the ids of SentencePiece with %s, and keeps each piece",
  async (name) => {
    const pairs = await readVocabulary(folderOf({ "tokenizer.model": fixture(name) }));
    const { pieces } = readSentencePiece("", fixture(name));
    const [found, strings] = await withVocabulary(pairs, ({ tokenize, getTokenString }) => [
      expected.map(({ text }) => tokenize(text)),
      pieces.map((_, id) => getTokenString(id)),
    ]);
    expect(found.length).toBeGreaterThan(15);
    for (const [at, { text, ids }] of expected.entries()) {
      if (!ENGINE_DIFFERS[name]?.test(text)) expect([text, found[at]]).toEqual([text, ids[name]]);
    }
    // Symbols of the user's are looked for in texts whose spaces are still spaces.
    expect(strings).toEqual(pieces.map(({ text, type }) => (type === 4 ? text.replaceAll("▁", " ") : text)));
  },
);

it.each([
  ["llama", MISTRAL],
  ["gemma", GEMMA],
])("gives the ids of SentencePiece with the tokenizer.json that would be made of %s", async (name, published) => {
  const pairs = await readVocabulary(folderOf({ "tokenizer.model": fixture(name) }));
  const metadata = new Map(pairs.map(([key, { value }]) => [key, value]));
  const made = await readVocabulary(folderOf({ "tokenizer.json": byteFallbackJson(metadata, published) }));
  const found = await withVocabulary(made, ({ tokenize }) => expected.map(({ text }) => tokenize(text)));
  expect(found).toEqual(expected.map(({ ids }) => ids[name]));
});

it("puts no space before a text where tokenizer_config.json says so", async () => {
  const files = { "tokenizer.model": fixture("llama"), "tokenizer_config.json": { add_prefix_space: false } };
  const pairs = await readVocabulary(folderOf(files));
  const [first, second] = await withVocabulary(pairs, ({ tokenize }) => [tokenize("Hello"), tokenize(" Hello")]);
  expect(second).toEqual(expected.find(({ text }) => text === "Hello world")?.ids.llama?.slice(0, second?.length));
  expect(first).not.toEqual(second);
});

it.each([
  ["no-bytes", "a SentencePiece vocabulary without byte tokens: <0x00> is missing"],
  ["char", "a SentencePiece vocabulary of the algorithm char"],
  ["suffix", "a SentencePiece vocabulary that puts spaces after words"],
  ["unigram-bytes", "a SentencePiece vocabulary of the algorithm unigram with byte tokens"],
])("refuses %s, which the engine cannot do", async (name, what) => {
  const failure = await failureOf(readVocabulary(folderOf({ "tokenizer.model": fixture(name) })));
  expect(failure).toMatchObject({ code: "unsupported-checkpoint", facts: { what } });
});
