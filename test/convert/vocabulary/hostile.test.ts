// Tokenizers by somebody who means harm, and broken ones: refused with the reason, never something that the engine dies of.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { expect, it } from "vitest";
import { readVocabulary } from "../../../src/convert/vocabulary/read-vocabulary.js";
import { OslmError } from "../../../src/errors.js";
import { folderOf } from "../../support/checkpoint-folder.js";
import { failureOf } from "../../support/failure-of.js";
import { added, tinyTokenizer } from "../../support/tiny-tokenizer.js";

const FIXTURES = join(import.meta.dirname, "..", "..", "fixtures", "sentencepiece");
const fixture = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, `${name}.model`)));
const json = (over: object, model: object = {}) => ({ "tokenizer.json": tinyTokenizer({ ...over }, { ...model }) });
const { vocab } = tinyTokenizer().model as { vocab: Readonly<Record<string, number>> };

it.each([
  ["text instead of JSON", { "tokenizer.json": "{" }, "its JSON cannot be read"],
  ["a list instead of an object", { "tokenizer.json": "[]" }, "its JSON is no object"],
  ["a token twice", { "tokenizer.json": '{"model": {"vocab": {"a": 1, "a": 2}}}' }, 'it has the key "a" twice'],
  ["no model", { "tokenizer.json": { pre_tokenizer: { type: "ByteLevel" } } }, "it has no model"],
  ["no vocabulary", json({}, { vocab: [] }), "its model has no vocab"],
  ["no merges", json({}, { merges: null }), "its model has no merges"],
  ["a negative id", json({}, { vocab: { ...vocab, z1: -1 } }), 'the token "z1" has -1 for its id'],
  ["half an id", json({}, { vocab: { ...vocab, z1: 1.5 } }), 'the token "z1" has 1.5 for its id'],
  [
    "an id that would take all memory",
    json({}, { vocab: { ...vocab, z1: 2 ** 40 } }),
    'the token "z1" has 1099511627776 for its id',
  ],
  ["a merge of nothing", json({}, { merges: ["h "] }), '"h " is no merge'],
  ["a merge of three", json({}, { merges: [["h", "e", "l"]] }), '["h","e","l"] is no merge'],
  ["a merge into no token", json({}, { merges: ["e h"] }), 'the merge "e h" needs "eh", which is no token'],
  [
    "a merge of the prototype's",
    json({}, { merges: ["toString h"] }),
    'the merge "toString h" needs "toString", which is no token',
  ],
  [
    "two tokens of one text",
    json({ added_tokens: [added(300, "hello")] }),
    'the tokens 259 and 300 have the same text, "hello"',
  ],
  [
    "two that differ after a NUL",
    json({ added_tokens: [added(261, "x1\0a"), added(262, "x1\0b")] }),
    'the tokens 261 and 262 have the same text, "x1"',
  ],
  ["an added token without a text", json({ added_tokens: [{ id: 5 }] }), "the added token 5 has no content"],
  ["added tokens that are none", json({ added_tokens: {} }), "its added_tokens are no list"],
  [
    "steps within steps",
    json({
      pre_tokenizer: { type: "Sequence", pretokenizers: Array.from({ length: 65 }, () => ({ type: "ByteLevel" })) },
    }),
    "it has more than 64 pretokenizers",
  ],
  ["a step that is none", json({ normalizer: "NFC" }), '"NFC" is none of its normalizers'],
  [
    "a pattern that is none",
    json({ pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Split" }, { type: "ByteLevel" }] } }),
    "undefined is no pattern",
  ],
  [
    "a token of a megabyte",
    json({}, { vocab: { ...vocab, ["z".repeat(1_000_000)]: 261 } }),
    "the token 261 has 1000000 letters",
  ],
  ["billions of tokens", { ...json({}), "config.json": { vocab_size: 2 ** 40 } }, "it claims 1099511627776 tokens"],
  [
    "an added id that is none",
    { ...json({}), "tokenizer_config.json": { added_tokens_decoder: { "1e3": { content: "a" } } } },
    'the token "a" has "1e3" for its id',
  ],
])("refuses %s", async (_, files, reason) => {
  const failure = await failureOf(readVocabulary(folderOf(files)));
  expect(failure).toMatchObject({ code: "malformed-checkpoint", facts: { reason } });
});

it.each([
  ["nothing", new Uint8Array()],
  ["random bytes", Uint8Array.from({ length: 4000 }, (_, at) => (at * 7919) % 251)],
  ["a page of the web", new TextEncoder().encode("<!doctype html><html></html>")],
  [
    "a piece that is no text",
    new BinaryWriter()
      .tag(1, 2)
      .bytes(Uint8Array.of(10, 1, 0xff))
      .finish(),
  ],
  [
    "a piece of an unknown type",
    new BinaryWriter()
      .tag(1, 2)
      .bytes(Uint8Array.of(10, 1, 97, 24, 9))
      .finish(),
  ],
  [
    "a score that is none",
    new BinaryWriter()
      .tag(1, 2)
      .bytes(Uint8Array.of(10, 1, 97, 21, 0, 0, 192, 127))
      .finish(),
  ],
  ["a model cut off", fixture("llama").subarray(0, 5000)],
])("refuses %s for tokenizer.model", async (_, bytes) => {
  const failure = await failureOf(readVocabulary(folderOf({ "tokenizer.model": bytes })));
  expect(failure).toMatchObject({ code: "malformed-checkpoint", facts: { file: "tokenizer.model" } });
});

it("refuses rules of normalization that are cut off", async () => {
  const piece = new BinaryWriter().tag(1, 2).string("a").finish();
  const normalizer = new BinaryWriter()
    .tag(2, 2)
    .bytes(Uint8Array.of(255, 255, 0, 0, 1))
    .finish();
  const bytes = new BinaryWriter().tag(1, 2).bytes(piece).tag(3, 2).bytes(normalizer).finish();
  expect(await failureOf(readVocabulary(folderOf({ "tokenizer.model": bytes })))).toMatchObject({
    facts: { reason: "its precompiled_charsmap is cut off" },
  });
});

it("refuses a file of more than 128 MB unread", async () => {
  const huge = { length: 128 * 1024 * 1024 + 1 } as Uint8Array;
  const read = async (name: string) => (name === "tokenizer.json" ? huge : null);
  expect(await failureOf(readVocabulary(read))).toMatchObject({ code: "malformed-checkpoint" });
});

it("reads or refuses whatever a byte of a SentencePiece model is changed to", async () => {
  const good = fixture("gemma");
  let refused = 0;
  for (let at = 0; at < good.length; at += 41) {
    const bytes = good.slice();
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    try {
      await readVocabulary(folderOf({ "tokenizer.model": bytes }));
    } catch (error) {
      expect(error).toBeInstanceOf(OslmError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(50);
});
