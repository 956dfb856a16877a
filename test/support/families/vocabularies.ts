// Vocabularies of one token a byte, and of marks, in the forms of the three common tokenizers.
import { typed, type WritableValue } from "../gguf-writer.js";
import { VOCABULARY } from "./blocks.js";
import type { Vocabulary } from "./recipe.js";

const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const UNUSED = 5;
const BYTE = 6;
const BEFORE = ["<unk>", "<s>", "</s>"];

/**
 * `tokenizer.ggml.*` with VOCABULARY tokens.
 * @param marks tokens that no text of a user can contain; 12 find a place
 */
export function tinyVocabulary(kind: Vocabulary, marks: readonly string[] = []): Record<string, WritableValue> {
  if (kind === "wordpiece") return wordPieces();
  const bytes = kind === "spm" ? byteNames() : byteLetters();
  const used = [...BEFORE, ...bytes, ...(kind === "spm" ? ["\u2581"] : []), ...marks];
  const unused = Array.from({ length: VOCABULARY - used.length }, (_, index) => `<unused${index}>`);
  const types = [
    ...[UNKNOWN, CONTROL, CONTROL],
    ...bytes.map(() => (kind === "spm" ? BYTE : NORMAL)),
    ...(kind === "spm" ? [NORMAL] : []),
    ...marks.map(() => CONTROL),
    ...unused.map(() => UNUSED),
  ];
  return {
    ...(kind === "spm"
      ? {
          "tokenizer.ggml.model": "llama",
          "tokenizer.ggml.add_space_prefix": false,
          "tokenizer.ggml.scores": typed("float32", new Array<number>(VOCABULARY).fill(0)),
        }
      : {
          "tokenizer.ggml.model": "gpt2",
          "tokenizer.ggml.pre": kind.slice("bpe:".length),
          "tokenizer.ggml.merges": typed("string", []),
        }),
    "tokenizer.ggml.tokens": [...used, ...unused],
    "tokenizer.ggml.token_type": typed("int32", types),
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
    "tokenizer.ggml.unknown_token_id": 0,
    "tokenizer.ggml.add_bos_token": kind === "spm",
  };
}

function wordPieces(): Record<string, WritableValue> {
  const words = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    ..."abcdefghijklmnopqrstuvwxyz".split("").map((one) => `\u2581${one}`),
  ];
  const tokens = [...words, ...Array.from({ length: VOCABULARY - words.length }, (_, index) => `[unused${index}]`)];
  return {
    "tokenizer.ggml.model": "bert",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": typed(
      "int32",
      tokens.map((token) => (token.startsWith("[") ? CONTROL : NORMAL)),
    ),
    "tokenizer.ggml.token_type_count": 2,
    "tokenizer.ggml.bos_token_id": 2,
    "tokenizer.ggml.cls_token_id": 2,
    "tokenizer.ggml.seperator_token_id": 3,
    "tokenizer.ggml.padding_token_id": 0,
    "tokenizer.ggml.unknown_token_id": 1,
  };
}

const byteNames = () =>
  Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);

/** How GPT-2 writes each byte as a visible letter (its bytes_to_unicode). */
function byteLetters(): string[] {
  const visible = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(visible(byte) ? byte : next++));
}
