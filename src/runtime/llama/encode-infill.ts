// The tokens that ask a code model for what stands between two texts ("fill in the middle").
import type { LlamaModel } from "node-llama-cpp";

/**
 * As node-llama-cpp's generateInfillCompletion arranges them: prefix, suffix, middle; models without a mark for the middle want the
 * suffix first and go on after the prefix. The texts' own special tokens stay text.
 * @returns undefined for a model without such marks
 */
export function encodeInfill(
  model: Pick<LlamaModel, "tokenize" | "tokens">,
  beginToken: number | undefined,
  before: string,
  after: string,
): number[] | undefined {
  const { prefix, suffix, middle } = model.tokens.infill;
  if (prefix === null || suffix === null) return undefined;
  const [prefixTokens, suffixTokens] = [before, after].map((text) => model.tokenize(text, false, "trimLeadingSpace"));
  const begin = beginToken === undefined ? [] : [beginToken];
  return middle === null
    ? [...begin, suffix, ...(suffixTokens ?? []), prefix, ...(prefixTokens ?? [])]
    : [...begin, prefix, ...(prefixTokens ?? []), suffix, ...(suffixTokens ?? []), middle];
}
