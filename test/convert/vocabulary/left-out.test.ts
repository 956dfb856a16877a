// What the checkpoint's own tokenizer does to texts and the engine does not: named or refused, never dropped in silence.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { readVocabulary } from "../../../src/convert/vocabulary/read-vocabulary.js";
import { folderOf } from "../../support/checkpoint-folder.js";
import { failureOf } from "../../support/failure-of.js";
import { tinyTokenizer } from "../../support/tiny-tokenizer.js";

const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, "..", "..", "fixtures", "sentencepiece", `${name}.model`));

/** The model with another NormalizerSpec of sentencepiece_model.proto. */
function normalized(name: string, extraSpaces: boolean): Uint8Array {
  const spec = new BinaryWriter()
    .tag(1, 2)
    .string(name)
    .tag(2, 2)
    .bytes(Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 65, 0));
  spec.tag(4, 0).bool(extraSpaces);
  return Buffer.concat([fixture("llama"), new BinaryWriter().tag(3, 2).bytes(spec.finish()).finish()]);
}

async function leftOut(files: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const steps: string[] = [];
  await readVocabulary(folderOf(files), undefined, (step) => steps.push(step));
  return steps;
}

const SPACES = "the removal of spaces at both ends and of all but one between words";

describe("what is named", () => {
  it.each([
    ["nothing of bytes", { "tokenizer.json": tinyTokenizer() }, []],
    ["NFC", { "tokenizer.json": tinyTokenizer({ normalizer: { type: "NFC" } }) }, ["the normalization NFC"]],
    ["nothing of SentencePiece", { "tokenizer.model": fixture("llama") }, []],
    ["its rules", { "tokenizer.model": normalized("nmt_nfkc", false) }, ["the normalization nmt_nfkc"]],
    ["its spaces", { "tokenizer.model": normalized("nmt_nfkc_cf", true) }, ["the normalization nmt_nfkc_cf", SPACES]],
    [
      "rules without a decent name",
      { "tokenizer.model": normalized("\u001b[2J", false) },
      ["the normalization of its own"],
    ],
    ["nothing of unigram, whose rules the engine has", { "tokenizer.model": fixture("t5") }, []],
  ])("is %s", async (_, files, steps) => {
    expect(await leftOut(files)).toEqual(steps);
  });
});

describe("what is refused", () => {
  it.each(["NFKC", "NFD", "Lowercase", "Replace", "Strip", "StripAccents", "Prepend", "Precompiled"])(
    "is %s, by its name",
    async (type) => {
      const normalizer = {
        type: "Sequence",
        normalizers: [{ type: "NFC" }, { type, pattern: { String: "a" }, content: "b" }],
      };
      const failure = await failureOf(leftOut({ "tokenizer.json": tinyTokenizer({ normalizer }) }));
      expect(failure).toMatchObject({
        code: "unsupported-checkpoint",
        facts: { what: `a tokenizer that changes texts by "${type}"` },
      });
    },
  );

  it("is Mistral's own form where there is no other", async () => {
    const failure = await failureOf(leftOut({ "tekken.json": { config: {}, vocab: [] } }));
    expect(failure).toMatchObject({
      code: "unsupported-checkpoint",
      facts: { what: expect.stringContaining("tekken.json"), known: expect.arrayContaining(["tokenizer.json"]) },
    });
    expect(await leftOut({ "tekken.json": {}, "tokenizer.json": tinyTokenizer() })).toEqual([]);
  });
});
