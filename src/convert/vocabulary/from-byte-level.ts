// tokenizer.json of the kind that GPT-2 began -> vocabulary: bytes shown as letters, merged by rank.

import type { JsonObject } from "../read-json.js";
import { type AddedToken, addTokens } from "./added-tokens.js";
import { normalizationOf, preTokenizerOf } from "./pre-tokenizer.js";
import { TOKEN_TYPE, TokenList } from "./token-list.js";
import { FILE, readMerges } from "./tokenizer-json.js";
import type { Vocabulary } from "./vocabulary.js";

/** @throws OslmError malformed-checkpoint, unsupported-checkpoint */
export function fromByteLevel(
  tokenizer: JsonObject,
  config: JsonObject | null,
  added: readonly AddedToken[],
): Vocabulary {
  const { vocab, merges, ignoreMerges } = readMerges(tokenizer);
  const { name: pre, leftOut = [] } = preTokenizerOf(tokenizer, config, ignoreMerges);
  const tokens = new TokenList(FILE);
  for (const [text, id] of Object.entries(vocab)) tokens.set(id, { text, type: typeOf(text), score: 0 });
  return {
    model: "gpt2",
    pre,
    tokens,
    added: addTokens(tokens, added, "plain"),
    merges: merges.map(([left, right]) => `${left} ${right}`),
    pairs: [],
    roles: {},
    leftOut: [...normalizationOf(tokenizer), leftOut].flat(),
  };
}

/** GPT-2 shows bytes that are no visible letters of Latin-1 by letters from U+0100: the last of these 68 is U+0143. */
const BYTES = /^[!-~\u00a1-\u00ac\u00ae-\u0143]*$/;

/** What is not made of bytes stands for itself: the engine would write how it failed to find any. */
const typeOf = (text: string) => (BYTES.test(text) ? TOKEN_TYPE.normal : TOKEN_TYPE.userDefined);
