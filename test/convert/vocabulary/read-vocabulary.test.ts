// Tokens: which file gives them, what is added to them, and that each keeps its place and its text.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PRE_TOKENIZERS } from "../../../src/convert/vocabulary/pre-tokenizers.js";
import { readVocabulary } from "../../../src/convert/vocabulary/read-vocabulary.js";
import { folderOf } from "../../support/checkpoint-folder.js";
import { failureOf } from "../../support/failure-of.js";
import { added, BYTE_LETTERS, tinyTokenizer } from "../../support/tiny-tokenizer.js";
import { withVocabulary } from "../../support/vocabulary-engine.js";

const LLAMA = new Uint8Array(
  readFileSync(join(import.meta.dirname, "..", "..", "fixtures", "sentencepiece", "llama.model")),
);
const PIECES = 700;

async function metadataOf(files: Readonly<Record<string, unknown>>, size?: number) {
  const pairs = await readVocabulary(folderOf(files), size);
  const metadata = new Map(pairs.map(([key, { value }]) => [key.replace("tokenizer.ggml.", ""), value]));
  const tokens = metadata.get("tokens") as readonly string[];
  const types = metadata.get("token_type") as readonly number[];
  return {
    pairs,
    metadata,
    tokens,
    types,
    last: (count: number) => tokens.slice(-count).map((text, at) => [text, types.slice(-count)[at]]),
  };
}

it("keeps the text of each byte and each merge", async () => {
  const { pairs, tokens } = await metadataOf({ "tokenizer.json": tinyTokenizer() });
  await withVocabulary(pairs, ({ tokenize, piece, getTokenString }) => {
    expect(tokens.map((_, id) => getTokenString(id))).toEqual(tokens);
    for (let byte = 0; byte < 128; byte++) expect([byte, piece(byte)]).toEqual([byte, String.fromCharCode(byte)]);
    expect(tokenize("hello w").map(piece)).toEqual(["hello", " w"]);
    expect(tokenize("é")).toEqual([...Buffer.from("é")]);
  });
});

it("pads to as many tokens as the model has, in holes too", async () => {
  const tokenizer = tinyTokenizer({ added_tokens: [added(264, "<s>"), added(262, "[PAD263]", false)] });
  const { last, types } = await metadataOf({ "tokenizer.json": tokenizer, "config.json": { vocab_size: 266 } });
  expect(last(5)).toEqual([
    ["[PAD261]", 5],
    ["[PAD263]", 4],
    ["[[PAD263]]", 5],
    ["<s>", 3],
    ["[PAD265]", 5],
  ]);
  expect(types).toHaveLength(266);
});

it("takes the size from text_config, and one that is given before both", async () => {
  const files = { "tokenizer.model": LLAMA, "config.json": { text_config: { vocab_size: PIECES + 5 } } };
  expect((await metadataOf(files)).tokens).toHaveLength(PIECES + 5);
  expect((await metadataOf(files, PIECES + 1)).tokens).toHaveLength(PIECES + 1);
});

it("leaves out added tokens that the model has no embeddings for, but no others", async () => {
  const files = { "tokenizer.model": LLAMA, "added_tokens.json": { "<pad>": PIECES } };
  expect((await metadataOf({ ...files, "config.json": { vocab_size: PIECES } })).tokens).toHaveLength(PIECES);
  const failure = await failureOf(metadataOf({ ...files, "config.json": { vocab_size: PIECES - 1 } }));
  expect(failure).toMatchObject({
    code: "malformed-checkpoint",
    facts: { file: "tokenizer.model", reason: `it has the token ${PIECES - 1}, the model only ${PIECES - 1}` },
  });
});

it("adds tokens of three files to a SentencePiece model, the last word being tokenizer_config.json's", async () => {
  const { last, tokens, types, metadata } = await metadataOf({
    "tokenizer.model": LLAMA,
    "added_tokens.json": { "<tool>": PIECES, "<|im_end|>": PIECES + 1 },
    "tokenizer.json": { added_tokens: [added(PIECES + 2, "<old>"), added(PIECES + 3, "▁▁", false)] },
    "tokenizer_config.json": {
      added_tokens_decoder: {
        [PIECES + 2]: { content: "<new>", special: false },
        "0": { content: "<unk>", special: true },
      },
      bos_token: "<s>",
    },
  });
  // Spaces are looked for as spaces; what looks special is so, even where nobody says so.
  expect(last(4)).toEqual([
    ["<tool>", 4],
    ["<|im_end|>", 3],
    ["<new>", 4],
    ["  ", 4],
  ]);
  expect([tokens[0], types[0], tokens[1], types[1]]).toEqual(["<unk>", 2, "<s>", 3]);
  expect(metadata.get("model")).toBe("llama");
  expect(metadata.get("bos_token_id")).toBe(1);
  expect(metadata.get("unknown_token_id")).toBe(0);
});

it("takes tokenizer.json where that is of bytes, though there is a tokenizer.model", async () => {
  const { metadata } = await metadataOf({ "tokenizer.model": LLAMA, "tokenizer.json": tinyTokenizer() });
  expect(metadata.get("model")).toBe("gpt2");
});

it("finds added tokens in texts, special ones only where they are asked for", async () => {
  const tokenizer = tinyTokenizer({ added_tokens: [added(261, "<|im_end|>"), added(262, "<think>", false)] });
  const { pairs } = await metadataOf({ "tokenizer.json": tokenizer });
  await withVocabulary(pairs, ({ tokenize }) => {
    expect(tokenize("<think>")).toEqual([262]);
    expect(tokenize("<|im_end|>")).toHaveLength(10);
    expect(tokenize("<|im_end|>", true)).toEqual([261]);
  });
});

it.each(PRE_TOKENIZERS.map(({ name }) => name))("gives the engine a name that it knows: %s", async (name) => {
  const { pairs } = await metadataOf({ "tokenizer.json": tinyTokenizer() });
  const named = pairs.map((pair) =>
    pair[0] === "tokenizer.ggml.pre" ? ([pair[0], { type: "string", value: name }] as const) : pair,
  );
  expect(await withVocabulary(named, ({ tokenize }) => tokenize("").length)).toBe(0);
});

it.each([
  ["no tokenizer", {}],
  ["a tokenizer of words", { "tokenizer.json": tinyTokenizer({}, { type: "WordLevel" }) }],
  ["a mark at the end of words", { "tokenizer.json": tinyTokenizer({}, { end_of_word_suffix: "</w>" }) }],
  ["merges that mark no spaces", { "tokenizer.json": tinyTokenizer({ pre_tokenizer: null }, { byte_fallback: true }) }],
])("refuses %s", async (_, files) => {
  expect(await failureOf(metadataOf(files))).toMatchObject({ code: "unsupported-checkpoint" });
});

it("refuses merges that fall back on bytes where one of the 256 is missing: the engine would end over it", async () => {
  const names = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const of = (tokens: readonly string[]) => {
    const vocab = Object.fromEntries(["<unk>", "▁", "a", ...tokens].map((text, id) => [text, id]));
    const marks = { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: false };
    const model = { vocab, merges: [], unk_token: "<unk>", byte_fallback: true };
    return metadataOf({ "tokenizer.json": tinyTokenizer({ pre_tokenizer: marks }, model) });
  };
  expect((await of(names)).types.slice(3)).toEqual(names.map(() => 6));
  for (const missing of ["<0x00>", "<0x0A>", "<0xFF>"]) {
    const refused = await failureOf(of(names.filter((name) => name !== missing)));
    expect(refused).toMatchObject({
      code: "unsupported-checkpoint",
      facts: { what: `a SentencePiece vocabulary without byte tokens: ${missing} is missing` },
    });
  }
});

it("has 256 bytes", () => expect(new Set(BYTE_LETTERS).size).toBe(256));

const { vocab, merges } = tinyTokenizer().model as { vocab: object; merges: readonly string[] };
const slow = (tokenizer_class: string) => ({
  "vocab.json": { ...vocab, "<|endoftext|>": 262 },
  "merges.txt": `#version: 0.2\n${merges.join("\n")}\n`,
  "tokenizer_config.json": { tokenizer_class, added_tokens_decoder: { 261: { content: "<s>", special: true } } },
});

it.each([
  ["GPT2Tokenizer", "gpt-2"],
  ["Qwen2TokenizerFast", "qwen2"],
])("reads vocab.json and merges.txt of the class %s", async (name, pre) => {
  const { pairs, metadata, types } = await metadataOf(slow(name));
  expect(metadata.get("pre")).toBe(pre);
  expect(metadata.get("merges")).toEqual(merges);
  expect(types.slice(-2)).toEqual([3, 3]);
  await withVocabulary(pairs, ({ tokenize }) => expect(tokenize("hello<s>", true)).toEqual([259, 261]));
});

it("refuses vocab.json and merges.txt of a class that it does not know", async () => {
  const failure = await failureOf(metadataOf(slow("OtherTokenizer")));
  expect(failure).toMatchObject({
    code: "unsupported-checkpoint",
    facts: { what: 'vocab.json and merges.txt of the tokenizer class "OtherTokenizer"' },
  });
});

it("lets what is not made of bytes stand for itself", async () => {
  const { tokens, types, pairs } = await metadataOf({
    "tokenizer.json": tinyTokenizer({}, { vocab: { ...vocab, 漢字: 261 } }),
  });
  expect([tokens[261], types[261]]).toEqual(["漢字", 4]);
  await withVocabulary(pairs, ({ piece }) => expect(piece(261)).toBe("漢字"));
});
