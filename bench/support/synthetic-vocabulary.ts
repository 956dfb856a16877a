// Made-up vocabularies of the two common kinds, about as heavy as real ones: tokens of six characters, a merge for each.
import type { WritableValue } from "../../test/support/gguf-writer.js";
import { typed } from "../../test/support/gguf-writer.js";
import { seeded } from "./measure.js";

export type Vocabulary = "spm" | "bpe";

/** Every model answers messages in this form, as nearly all do: rendering it is part of what a run takes. */
const TEMPLATE =
  "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";
const CONTROL = 3;
const BYTE = 6;

/** `tokenizer.*` keys for so many tokens. ` a` is a token of its own, so a prompt of n words has n tokens. */
export function vocabularyOf(kind: Vocabulary, count: number): Record<string, WritableValue> {
  const random = seeded(count);
  const tokens: string[] = [];
  const types: number[] = [];
  const seen = new Set<string>();
  const add = (token: string, type = 1): boolean => {
    if (seen.has(token) || tokens.length >= count) return false;
    seen.add(token);
    tokens.push(token);
    types.push(type);
    return true;
  };
  for (const special of ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"])
    add(special, special === "<unk>" ? 2 : CONTROL);
  const ids = {
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 4,
    "tokenizer.ggml.unknown_token_id": 0,
  };
  if (kind === "spm") {
    for (let byte = 0; byte < 256; byte++) add(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, BYTE);
    for (const token of ["\u2581", "a", "\u2581a"]) add(token);
    while (tokens.length < count) add(`${random() < 0.5 ? "\u2581" : ""}${word(random)}`);
    const scores = tokens.map((_, index) => -index);
    return {
      "tokenizer.ggml.model": "llama",
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.scores": typed("float32", scores),
      "tokenizer.ggml.token_type": typed("int32", types),
      ...ids,
      "tokenizer.chat_template": TEMPLATE,
    };
  }
  for (const letter of byteLetters()) add(letter);
  const merges: string[] = [];
  const merge = (left: string, right: string): void => {
    if (left.length + right.length < 12 && add(left + right)) merges.push(`${left} ${right}`);
  };
  merge("\u0120", "a");
  const ordinary = tokens.length - 5;
  while (tokens.length < count) {
    // Pairs of anything so far: lengths grow slowly, to about six.
    const pick = () => tokens[5 + Math.floor(random() ** 1.5 * (tokens.length - 5))] ?? "e";
    if (ordinary > 0) merge(pick(), pick());
  }
  return {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": typed("int32", types),
    "tokenizer.ggml.merges": merges,
    ...ids,
    "tokenizer.chat_template": TEMPLATE,
  };
}

function word(random: () => number): string {
  const length = 3 + Math.floor(random() * 6);
  return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join("");
}

/** How GPT-2 writes each byte as a visible letter (its bytes_to_unicode). */
function byteLetters(): string[] {
  const visible = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(visible(byte) ? byte : next++));
}
