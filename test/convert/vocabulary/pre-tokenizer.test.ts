// The name of how texts are cut, from what published files say: none is ever guessed.
import { expect, it } from "vitest";
import { readVocabulary } from "../../../src/convert/vocabulary/read-vocabulary.js";
import { folderOf } from "../../support/checkpoint-folder.js";
import { failureOf } from "../../support/failure-of.js";
import { PUBLISHED } from "../../support/published-tokenizer.js";
import { tinyTokenizer } from "../../support/tiny-tokenizer.js";
import { withVocabulary } from "../../support/vocabulary-engine.js";

const BYTES = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
const split = (Regex: string, more = {}) => ({
  type: "Split",
  pattern: { Regex },
  behavior: "Isolated",
  invert: false,
  ...more,
});
const inTurn = (...pretokenizers: object[]) => ({ type: "Sequence", pretokenizers });

/** As published: copied from the files, not from the table. */
const LLAMA_3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const QWEN_3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const GPT_OSS =
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const NEMO =
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const DEEPSEEK_V3 = inTurn(
  split("\\p{N}{1,3}"),
  split("[一-龥぀-ゟ゠-ヿ]+"),
  split(
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
  ),
  BYTES,
);
/** With the letters by number that Unicode has twice. */
const DEEPSEEK_LLM = inTurn(
  split("[\r\n]"),
  split(
    "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u1f7dᾀ-ᾴᾶ-ᾼ\u1fbeῂ-ῄῆ-ῌῐ-\u1fd3ῖ-\u1fdbῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212a-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+",
  ),
  split("\\s?[!-/:-~！-／：-～‘-‟　-。]+"),
  split("\\s+$"),
  split("[一-龥ࠀ-一가-퟿]+"),
  { type: "Digits", individual_digits: true },
  BYTES,
);
const DIGITS_AND_WORDS = PUBLISHED.starcoder?.pre_tokenizer;

async function nameOf(over: object, { model = {}, config = {} }: { model?: object; config?: object } = {}) {
  const files = { "tokenizer.json": tinyTokenizer({ ...over }, { ...model }), "tokenizer_config.json": config };
  const pairs = await readVocabulary(folderOf(files));
  // A name that the engine does not know would not load.
  await withVocabulary(pairs, () => {});
  return pairs.find(([key]) => key === "tokenizer.ggml.pre")?.[1].value;
}

it.each([
  ["llama-bpe", { pre_tokenizer: inTurn(split(LLAMA_3), BYTES) }, { model: { ignore_merges: true } }],
  ["dbrx", { pre_tokenizer: inTurn(split(LLAMA_3), BYTES) }, {}],
  ["dbrx", { pre_tokenizer: inTurn(split(LLAMA_3, { behavior: "Removed", invert: true }), BYTES) }, {}],
  ["qwen2", { pre_tokenizer: inTurn(split(QWEN_3), BYTES), normalizer: { type: "NFC" } }, {}],
  ["gpt-4o", { pre_tokenizer: inTurn(split(GPT_OSS), BYTES) }, { model: { ignore_merges: true } }],
  ["tekken", { pre_tokenizer: inTurn(split(NEMO), BYTES) }, { model: { ignore_merges: true } }],
  ["deepseek-v3", { pre_tokenizer: DEEPSEEK_V3, normalizer: { type: "Sequence", normalizers: [] } }, {}],
  ["deepseek-coder", { ...PUBLISHED["deepseek-coder"] }, {}],
  ["deepseek-llm", { pre_tokenizer: DEEPSEEK_LLM }, {}],
  ["bloom", { pre_tokenizer: inTurn(split(" ?[^(\\s|[.,!?…。，、।۔،])]+"), BYTES) }, {}],
  ["falcon", { ...PUBLISHED.falcon }, {}],
  ["gpt-2", { ...PUBLISHED["gpt-2"] }, {}],
  ["gpt-2", { pre_tokenizer: { type: "ByteLevel", add_prefix_space: true } }, { config: { add_prefix_space: false } }],
  ["olmo", { ...PUBLISHED.mpt }, {}],
  ["starcoder", { pre_tokenizer: DIGITS_AND_WORDS }, { config: { clean_up_tokenization_spaces: true } }],
  ["smollm", { pre_tokenizer: DIGITS_AND_WORDS }, { config: { clean_up_tokenization_spaces: false } }],
  ["command-r", { pre_tokenizer: DIGITS_AND_WORDS, normalizer: { type: "NFC" } }, {}],
])("is %s", async (name, over, more) => {
  expect(await nameOf(over, more)).toBe(name);
});

it("names what it does not know", async () => {
  const strange = QWEN_3.replace("\\p{N}|", "\\p{N}{1,2}|");
  const failure = await failureOf(nameOf({ pre_tokenizer: inTurn(split(strange), BYTES) }));
  expect(failure).toMatchObject({
    code: "unsupported-checkpoint",
    facts: { what: expect.stringContaining("p{L}"), known: expect.arrayContaining(["llama-bpe", "qwen2"]) },
  });
});

it.each([
  ["a part of a known one", { pre_tokenizer: inTurn(split("\\p{N}{1,3}"), BYTES) }],
  ["nothing", { pre_tokenizer: { ...BYTES } }],
  ["another step", { pre_tokenizer: inTurn({ type: "Whitespace" }, BYTES) }],
  ["matches dropped", { pre_tokenizer: inTurn(split(QWEN_3, { behavior: "Removed" }), BYTES) }],
  ["a space before each text", { pre_tokenizer: { type: "ByteLevel", add_prefix_space: true } }],
  ["small letters", { normalizer: { type: "Lowercase" } }],
  ["other normalization", { normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "NFKC" }] } }],
])("refuses %s", async (_, over) => {
  expect(await failureOf(nameOf(over))).toMatchObject({ code: "unsupported-checkpoint" });
});
