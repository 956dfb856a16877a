// Byte-level vocabularies of known models, made into the tokenizer.json that their publishers wrote, and converted: same ids.
import { it } from "vitest";
import { compare, files, read } from "../../support/known-vocabularies.js";
import { byteLevelJson, PUBLISHED } from "../../support/published-tokenizer.js";

for (const [at, [name, published]] of Object.entries(PUBLISHED).entries()) {
  const pairs = at % 2 === 0;
  it.skipIf(!files.has(name))(`${name} has its ids, with merges as ${pairs ? "pairs" : "texts"}`, async () => {
    await compare(files.get(name) ?? "", { "tokenizer.json": byteLevelJson(read(name), published, pairs) });
  });
}
