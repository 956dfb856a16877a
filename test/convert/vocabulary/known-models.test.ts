// Vocabularies of known models, which llama.cpp keeps with texts and their ids: made into the files that their publishers
// wrote, and converted, they give the same ids.
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { readVocabulary } from "../../../src/convert/vocabulary/read-vocabulary.js";
import { folderOf } from "../../support/checkpoint-folder.js";
import { ggufMetadata } from "../../support/gguf-metadata.js";
import { byteFallbackJson, byteLevelJson, PUBLISHED, sentencePiece } from "../../support/published-tokenizer.js";
import { sharedGgufs } from "../../support/shared.js";
import { withVocabulary, withVocabularyFile } from "../../support/vocabulary-engine.js";

const files = new Map(
  sharedGgufs("vocab").map((file) => [/ggml-vocab-(.*)\.gguf/.exec(basename(file))?.[1] ?? "", file]),
);

const BETWEEN = "\n__ggml_vocab_test__\n";
const listsOf = (text: string) => text.split("\n").map((line) => line.split(" ").filter(Boolean).map(Number));

/** The texts are the same for all of them; a few have no ids of their own, but the vocabulary itself gives those. */
async function compare(file: string, published: Readonly<Record<string, unknown>>): Promise<void> {
  const withTexts = [file, ...files.values()].find((one) => existsSync(`${one}.inp`));
  const texts = readFileSync(`${withTexts}.inp`, "utf8").split(BETWEEN);
  expect(texts.length).toBeGreaterThan(40);
  const pairs = await readVocabulary(folderOf(published));
  const found = await withVocabulary(pairs, ({ tokenize }) => texts.map((text) => tokenize(text)));
  const expected = existsSync(`${file}.out`)
    ? listsOf(readFileSync(`${file}.out`, "utf8")).slice(0, texts.length)
    : await withVocabularyFile(file, ({ tokenize }) => texts.map((text) => tokenize(text)));
  expect(found).toEqual(expected);
  // Each token stands where it stood, with its text.
  const tokens = pairs.find(([key]) => key === "tokenizer.ggml.tokens")?.[1].value;
  expect(tokens).toEqual(ggufMetadata(readFileSync(file)).get("tokenizer.ggml.tokens"));
}

const read = (name: string) => ggufMetadata(readFileSync(files.get(name) ?? ""));

it
  .skipIf(files.size === 0)
  .each(Object.entries(PUBLISHED).map(([name, published], at) => ({ name, published, pairs: at % 2 === 0 })))(
  "$name has its ids (merges as pairs: $pairs)",
  async ({ name, published, pairs }) => {
    await compare(files.get(name) ?? "", { "tokenizer.json": byteLevelJson(read(name), published, pairs) });
  },
);

describe.each(["llama-spm", "phi-3", "baichuan"])("%s", (name) => {
  it.skipIf(files.size === 0)("has its ids from tokenizer.model", async () => {
    await compare(files.get(name) ?? "", { "tokenizer.model": sentencePiece(read(name)) });
  });

  it.skipIf(files.size === 0)("has its ids from tokenizer.json", async () => {
    await compare(files.get(name) ?? "", { "tokenizer.json": byteFallbackJson(read(name)) });
  });
});
