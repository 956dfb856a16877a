// Vocabularies of known models that SentencePiece trained, made into the files that were published, and converted: same ids.
import { describe, it } from "vitest";
import { compare, files, read } from "../../support/known-vocabularies.js";
import { byteFallbackJson, sentencePiece } from "../../support/published-tokenizer.js";

describe.each(["llama-spm", "phi-3", "baichuan"])("%s", (name) => {
  it.skipIf(!files.has(name))("has its ids from tokenizer.model", async () => {
    await compare(files.get(name) ?? "", { "tokenizer.model": sentencePiece(read(name)) });
  });

  it.skipIf(!files.has(name))("has its ids from tokenizer.json", async () => {
    await compare(files.get(name) ?? "", { "tokenizer.json": byteFallbackJson(read(name)) });
  });
});
