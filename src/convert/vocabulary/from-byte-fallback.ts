// tokenizer.json that was made of a SentencePiece model (Llama 2, Mistral, Gemma) -> the vocabulary that it was made of.
// Its merges stand in the order of the scores of what they make, best first: that order is what the engine needs of scores.
import { OslmError } from "../../errors.js";
import type { JsonObject } from "../read-json.js";
import { type AddedToken, addTokens } from "./added-tokens.js";
import { needBytes, spacePrefix } from "./from-sentencepiece.js";
import { shown } from "./malformed.js";
import { TOKEN_TYPE, TokenList } from "./token-list.js";
import { FILE, readMerges, stepsOf } from "./tokenizer-json.js";
import type { Vocabulary } from "./vocabulary.js";

const BYTE = /^<0x[0-9A-F]{2}>$/;

/** @throws OslmError malformed-checkpoint, unsupported-checkpoint */
export function fromByteFallback(
  tokenizer: JsonObject,
  config: JsonObject | null,
  added: readonly AddedToken[],
): Vocabulary {
  const { vocab, merges, unknown, byteFallback } = readMerges(tokenizer);
  const prefix = marksSpaces(tokenizer);
  const ranks = new Map<string, number>();
  for (const [rank, [left, right]] of merges.entries()) if (!ranks.has(left + right)) ranks.set(left + right, rank);
  const tokens = new TokenList(FILE);
  for (const [text, id] of Object.entries(vocab)) {
    const type =
      text === unknown ? TOKEN_TYPE.unknown : byteFallback && BYTE.test(text) ? TOKEN_TYPE.byte : TOKEN_TYPE.normal;
    // Characters are no merges: their scores are never asked for.
    tokens.set(id, { text, type, score: -(ranks.get(text) ?? merges.length) });
  }
  const ids = addTokens(tokens, added, "marked");
  needBytes(tokens);
  return {
    model: "llama",
    pre: "default",
    tokens,
    added: ids,
    merges: [],
    pairs: [spacePrefix(config, prefix)],
    roles: {},
    leftOut: [],
  };
}

/**
 * Whether a space is put before each text. Spaces have to become ▁, and nothing else may happen to a text.
 * @throws OslmError unsupported-checkpoint for other steps
 */
function marksSpaces(tokenizer: JsonObject): boolean {
  let prefix = false;
  let marks = false;
  for (const step of stepsOf(tokenizer.normalizer, "normalizers")) {
    if (step.type === "Prepend" && step.prepend === "▁") prefix = true;
    else if (step.type === "Replace" && textOf(step) === " " && step.content === "▁") marks = true;
    else refuse(step);
  }
  for (const step of stepsOf(tokenizer.pre_tokenizer, "pretokenizers")) {
    // Gemma cuts at spaces, of which the normalizer has left none.
    if (step.type === "Split" && textOf(step) === " " && marks) continue;
    if (step.type !== "Metaspace" || (step.replacement ?? "▁") !== "▁" || step.split !== false) refuse(step);
    marks = true;
    prefix ||= (step.prepend_scheme ?? (step.add_prefix_space === false ? "never" : "always")) !== "never";
  }
  if (!marks) refuse("spaces that stay spaces");
  return prefix;
}

const textOf = (step: JsonObject) => (step.pattern as JsonObject | undefined)?.String;

function refuse(step: unknown): never {
  throw new OslmError("unsupported-checkpoint", {
    what: `a tokenizer of merges without bytes that has ${shown(step)}`,
    known: [],
  });
}
