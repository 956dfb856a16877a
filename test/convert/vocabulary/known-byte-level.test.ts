// Byte-level vocabularies of known models, made into the tokenizer.json that their publishers wrote, and converted: same ids.
import { it } from "vitest";
import { compare, files, read } from "../../support/known-vocabularies.js";
import { byteLevelJson, PUBLISHED } from "../../support/published-tokenizer.js";

it
  .skipIf(files.size === 0)
  .each(Object.entries(PUBLISHED).map(([name, published], at) => ({ name, published, pairs: at % 2 === 0 })))(
  "$name has its ids (merges as pairs: $pairs)",
  async ({ name, published, pairs }) => {
    await compare(files.get(name) ?? "", { "tokenizer.json": byteLevelJson(read(name), published, pairs) });
  },
);
