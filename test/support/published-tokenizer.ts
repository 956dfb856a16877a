// The tokenizer files of known models as their publishers wrote them, made again from vocabularies in GGUF.
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { Scalar } from "../../src/gguf/values.js";

type Metadata = ReadonlyMap<string, Scalar | readonly Scalar[]>;
type Json = Readonly<Record<string, unknown>>;

const ggml = <T>(metadata: Metadata, key: string) => (metadata.get(`tokenizer.ggml.${key}`) ?? []) as readonly T[];

const BYTES = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
const WORDS = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true };
const DIGITS = { type: "Digits", individual_digits: true };
const split = (Regex: string) => ({ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false });
const inTurn = (...pretokenizers: Json[]) => ({ type: "Sequence", pretokenizers });

/** What their publishers' tokenizer.json has for `pre_tokenizer` and `normalizer`. */
export const PUBLISHED: Readonly<Record<string, { readonly pre_tokenizer: Json; readonly normalizer: Json | null }>> = {
  "gpt-2": { pre_tokenizer: WORDS, normalizer: null },
  mpt: { pre_tokenizer: WORDS, normalizer: { type: "NFC" } },
  starcoder: { pre_tokenizer: inTurn(DIGITS, WORDS), normalizer: null },
  refact: { pre_tokenizer: inTurn(DIGITS, WORDS), normalizer: null },
  falcon: {
    pre_tokenizer: inTurn(
      { type: "Punctuation", behavior: "Contiguous" },
      WORDS,
      { type: "Digits", individual_digits: false },
      split("[0-9][0-9][0-9]"),
    ),
    normalizer: null,
  },
  "deepseek-coder": {
    pre_tokenizer: inTurn(
      split("[\r\n]"),
      split("\\s?\\p{L}+"),
      split("\\s?\\p{P}+"),
      split("[一-龥ࠀ-一가-퟿]+"),
      DIGITS,
      BYTES,
    ),
    normalizer: { type: "Sequence", normalizers: [] },
  },
};

/** @param pairs merges as lists of two, as transformers writes them since 4.45 */
export function byteLevelJson(metadata: Metadata, published: Json, pairs: boolean): Json {
  const tokens = ggml<string>(metadata, "tokens");
  const types = ggml<number>(metadata, "token_type");
  const merges = ggml<string>(metadata, "merges");
  return {
    version: "1.0",
    ...published,
    added_tokens: addedTokens(tokens, types),
    model: {
      type: "BPE",
      vocab: Object.fromEntries(tokens.flatMap((text, id) => (types[id] === 1 ? [[text, id]] : []))),
      merges: pairs ? merges.map((merge) => merge.split(" ")) : merges,
    },
  };
}

const MARK_SPACES = { type: "Replace", pattern: { String: " " }, content: "▁" };
const LLAMA_2 = {
  normalizer: { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, MARK_SPACES] },
  pre_tokenizer: null,
};
export const GEMMA = {
  normalizer: MARK_SPACES,
  pre_tokenizer: { type: "Split", pattern: { String: " " }, behavior: "MergedWithPrevious", invert: false },
};
export const MISTRAL = {
  normalizer: null,
  pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: false },
};

/** What transformers makes of a SentencePiece model: merges of each token in the order of the scores of what they make. */
export function byteFallbackJson(metadata: Metadata, published: Json = LLAMA_2): Json {
  const tokens = ggml<string>(metadata, "tokens");
  const types = ggml<number>(metadata, "token_type");
  const scores = ggml<number>(metadata, "scores");
  const ids = new Map(tokens.map((text, id) => [text, id]));
  const merges = tokens.flatMap((text, id) => {
    const letters = [...text];
    const found =
      types[id] === 1
        ? letters.slice(1).map((_, at) => [letters.slice(0, at + 1).join(""), letters.slice(at + 1).join("")])
        : [];
    return found
      .filter((pair) => pair.every((part) => ids.has(part)))
      .map((pair) => ({ pair, score: scores[id] ?? 0, order: pair.map((part) => ids.get(part) ?? 0) }));
  });
  merges.sort(
    (a, b) => b.score - a.score || (a.order[0] ?? 0) - (b.order[0] ?? 0) || (a.order[1] ?? 0) - (b.order[1] ?? 0),
  );
  return {
    ...published,
    added_tokens: addedTokens(tokens, types),
    model: {
      type: "BPE",
      unk_token: tokens[types.indexOf(2)],
      byte_fallback: true,
      vocab: Object.fromEntries(tokens.flatMap((text, id) => (types[id] === 5 ? [] : [[text, id]]))),
      merges: merges.map(({ pair }) => pair),
    },
  };
}

/** tokenizer.model; what was added later is told apart by its score. */
export function sentencePiece(metadata: Metadata): Uint8Array {
  const types = ggml<number>(metadata, "token_type");
  const scores = ggml<number>(metadata, "scores");
  const model = new BinaryWriter();
  for (const [id, text] of ggml<string>(metadata, "tokens").entries()) {
    const piece = new BinaryWriter()
      .tag(1, 2)
      .string(text)
      .tag(2, 5)
      .float(scores[id] ?? 0);
    if (types[id] !== 1) piece.tag(3, 0).int32(types[id] ?? 1);
    model.tag(1, 2).bytes(piece.finish());
  }
  model.tag(2, 2).bytes(new BinaryWriter().tag(3, 0).int32(2).tag(35, 0).bool(true).finish());
  return model.finish();
}

function addedTokens(tokens: readonly string[], types: readonly number[]): readonly Json[] {
  return tokens.flatMap((content, id) =>
    types[id] === 3 || types[id] === 4 ? [{ id, content, special: types[id] === 3, normalized: false }] : [],
  );
}
