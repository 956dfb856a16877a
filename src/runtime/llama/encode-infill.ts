// The tokens that ask a code model for what stands between two texts ("fill in the middle").
import type { LlamaModel, Token } from "node-llama-cpp";

/** Codestral, Devstral and their kin: llama.cpp knows these marks only where the file's metadata names them. */
const MISTRAL = { prefix: "[PREFIX]", suffix: "[SUFFIX]" };

/**
 * As node-llama-cpp's generateInfillCompletion arranges them: prefix, suffix, middle; models without a mark for the middle want the
 * suffix first and go on after the prefix. The texts' own special tokens stay text.
 * @returns undefined for a model without such marks
 */
export function encodeInfill(
  model: Pick<LlamaModel, "tokenize" | "tokens" | "detokenize">,
  beginToken: number | undefined,
  before: string,
  after: string,
): number[] | undefined {
  const known = model.tokens.infill;
  const prefix = known.prefix ?? markOf(model, MISTRAL.prefix);
  const suffix = known.suffix ?? markOf(model, MISTRAL.suffix);
  const { middle } = known;
  if (prefix === null || suffix === null) return undefined;
  const [prefixTokens, suffixTokens] = [before, after].map((text) => model.tokenize(text, false, "trimLeadingSpace"));
  const begin = beginToken === undefined ? [] : [beginToken];
  return middle === null
    ? [...begin, suffix, ...(suffixTokens ?? []), prefix, ...(prefixTokens ?? [])]
    : [...begin, prefix, ...(prefixTokens ?? []), suffix, ...(suffixTokens ?? []), middle];
}

/** The one token that stands for this text. */
function markOf(model: Pick<LlamaModel, "tokenize" | "detokenize">, text: string): Token | null {
  const tokens = model.tokenize(text, true);
  const [token] = tokens;
  return token !== undefined && model.detokenize([token], true) === text ? token : null;
}
