// Tokens that were added to a vocabulary after its training: marks of chats, runs of spaces, and the like.
import { isObject, type JsonObject } from "../read-json.js";
import { malformed, shown } from "./malformed.js";
import { looksSpecial } from "./named-tokens.js";
import { TOKEN_TYPE, type Token, type TokenList } from "./token-list.js";

export interface AddedToken {
  readonly id: unknown;
  readonly text: string;
  readonly special: boolean;
  /** Where it was read. */
  readonly file: string;
}

/** What the files say, the later over the earlier: added_tokens.json, tokenizer.json, then tokenizer_config.json. */
export function readAddedTokens(
  added: JsonObject | null,
  tokenizer: JsonObject | null,
  config: JsonObject | null,
): readonly AddedToken[] {
  const found: AddedToken[] = [];
  for (const [text, id] of Object.entries(added ?? {})) {
    found.push({ id, text, special: false, file: "added_tokens.json" });
  }
  const list = tokenizer?.added_tokens ?? [];
  if (!Array.isArray(list)) throw malformed("tokenizer.json", "its added_tokens are no list");
  for (const token of list) found.push(readOne(isObject(token) ? token.id : undefined, token, "tokenizer.json"));
  const decoder = config?.added_tokens_decoder ?? {};
  if (!isObject(decoder)) throw malformed("tokenizer_config.json", "its added_tokens_decoder is no object");
  for (const [id, token] of Object.entries(decoder)) {
    found.push(readOne(/^\d{1,9}$/.test(id) ? Number(id) : id, token, "tokenizer_config.json"));
  }
  return found;
}

function readOne(id: unknown, token: unknown, file: string): AddedToken {
  if (!isObject(token) || typeof token.content !== "string") {
    throw malformed(file, `the added token ${shown(id)} has no content`);
  }
  return { id, text: token.content, special: token.special === true, file };
}

/** Scores of tokens that are taken from a text before anything is merged. */
const ADDED_SCORE = -1000;

/**
 * Puts them where they belong.
 * @param spaces whether the vocabulary writes ▁ for a space
 * @returns the ids of those behind the others
 */
export function addTokens(
  tokens: TokenList,
  added: readonly AddedToken[],
  spaces: "marked" | "plain",
): ReadonlySet<number> {
  const ids = new Set<number>();
  const from = tokens.length;
  for (const { id, text, special, file } of added) {
    const before = tokens.at(id as number);
    tokens.set(id, replace(before, text, special, spaces === "marked"), file);
    if ((id as number) >= from) ids.add(id as number);
  }
  return ids;
}

function replace(before: Token | undefined, text: string, special: boolean, marked: boolean): Token {
  const same = before?.text === text;
  if (same && (before.type === TOKEN_TYPE.unknown || before.type === TOKEN_TYPE.byte)) return before;
  const score = same ? before.score : ADDED_SCORE;
  return special || looksSpecial(text)
    ? { text, type: TOKEN_TYPE.control, score }
    : { text: marked ? unescaped(text) : text, type: TOKEN_TYPE.userDefined, score };
}

/** The engine looks for tokens of this type in a text before its spaces are made visible. */
export const unescaped = (text: string): string => text.replaceAll("▁", " ");
