// Vocabularies of known models that llama.cpp keeps, with texts and their ids.
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect } from "vitest";
import { readVocabulary } from "../../src/convert/vocabulary/read-vocabulary.js";
import { folderOf } from "./checkpoint-folder.js";
import { ggufMetadata } from "./gguf-metadata.js";
import { sharedGgufs } from "./shared.js";
import { withVocabulary, withVocabularyFile } from "./vocabulary-engine.js";

/** Paths by the models' names; empty where the files are not there. */
export const files = new Map(
  sharedGgufs("vocab").map((file) => [/ggml-vocab-(.*)\.gguf/.exec(basename(file))?.[1] ?? "", file]),
);

const BETWEEN = "\n__ggml_vocab_test__\n";
const listsOf = (text: string) => text.split("\n").map((line) => line.split(" ").filter(Boolean).map(Number));

/** The texts are the same for all of them; a few have no ids of their own, but the vocabulary itself gives those. */
export async function compare(file: string, published: Readonly<Record<string, unknown>>): Promise<void> {
  const withTexts = [file, ...files.values()].find((one) => existsSync(`${one}.inp`));
  const texts = readFileSync(`${withTexts}.inp`, "utf8").split(BETWEEN);
  expect(texts.length).toBeGreaterThan(40);
  const pairs = await readVocabulary(folderOf(published));
  const found = await withVocabulary(pairs, ({ tokenize }) => texts.map((text) => tokenize(text)));
  const expected = existsSync(`${file}.out`)
    ? listsOf(readFileSync(`${file}.out`, "utf8")).slice(0, texts.length)
    : await withVocabularyFile(file, ({ tokenize }) => texts.map((text) => tokenize(text)));
  expect(found).toEqual(expected);
  // Each token stands where it stood, with its text, and each merge.
  const made = new Map<string, unknown>(pairs.map(([key, { value }]) => [key, value]));
  const original = ggufMetadata(readFileSync(file));
  for (const key of ["tokens", "merges"].map((name) => `tokenizer.ggml.${name}`)) {
    expect(made.get(key)).toEqual(original.get(key));
  }
}

/** Metadata of one of them. */
export const read = (name: string) => ggufMetadata(readFileSync(files.get(name) ?? ""));
