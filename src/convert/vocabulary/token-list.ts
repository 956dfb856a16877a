// The tokens of a vocabulary by their ids, as the engine wants them: without holes, each with a text of its own.
import { malformed, shown } from "./malformed.js";

/** `llama_token_type`; SentencePiece numbers the types of its pieces likewise. */
export const TOKEN_TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;
export type TokenType = (typeof TOKEN_TYPE)[keyof typeof TOKEN_TYPE];

export interface Token {
  readonly text: string;
  readonly type: TokenType;
  /** Of merges that make it: the highest comes first. Byte-level vocabularies have ranks of merges instead. */
  readonly score: number;
}

/** Gemma's, among the largest, has 262,144. */
const MAX_TOKENS = 4 * 1024 * 1024;
/** Longer than all that anybody trained: the engine goes through some letter by letter, one call within another. */
const MAX_LETTERS = 4096;
/** Below all that a merge may have. */
const UNUSED_SCORE = -10_000;

export class TokenList {
  readonly #tokens: (Token | undefined)[] = [];

  /** @param file that the tokens come from, for messages */
  constructor(readonly file: string) {}

  get length(): number {
    return this.#tokens.length;
  }

  at(id: number): Token | undefined {
    return this.#tokens[id];
  }

  /** Takes the place of what had this id. Throws malformed-checkpoint for what is no id. */
  set(id: unknown, token: Token, file = this.file): void {
    if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) >= MAX_TOKENS) {
      throw malformed(file, `the token ${shown(token.text)} has ${shown(id)} for its id`);
    }
    if (token.text.length > MAX_LETTERS) throw malformed(file, `the token ${id} has ${token.text.length} letters`);
    if (!Number.isFinite(token.score)) throw malformed(file, `the token ${id} has the score ${token.score}`);
    while (this.#tokens.length <= (id as number)) this.#tokens.push(undefined);
    this.#tokens[id as number] = token;
  }

  /** Ids by text. The first of two tokens with the same. */
  ids(): Map<string, number> {
    const ids = new Map<string, number>();
    for (const [id, token] of this.#tokens.entries()) if (token && !ids.has(token.text)) ids.set(token.text, id);
    return ids;
  }

  /**
   * As many tokens as the model has embeddings: holes and the rest are [PADn], never used. The engine aborts the process
   * when two tokens have the same text, which it reads up to the first NUL.
   * @param added ids of tokens that the model may have no embeddings for: those are left out
   * @throws OslmError malformed-checkpoint for more tokens than `size`, and for two of the same text
   */
  complete(size: number | undefined, added: ReadonlySet<number>): readonly Token[] {
    let length = this.#tokens.length;
    if (size !== undefined && size > MAX_TOKENS) throw malformed("config.json", `it claims ${size} tokens`);
    if (size !== undefined && length > size) {
      const beyond = this.#tokens.findIndex((token, id) => id >= size && token !== undefined && !added.has(id));
      if (beyond >= 0) throw malformed(this.file, `it has the token ${beyond}, the model only ${size}`);
      length = size;
    }
    const tokens: Token[] = [];
    const ids = new Map<string, number>();
    const taken = new Set(this.#tokens.map((token) => token?.text));
    for (let id = 0; id < Math.max(length, size ?? 0); id++) {
      const token = this.#tokens[id] ?? { text: padding(id, taken), type: TOKEN_TYPE.unused, score: UNUSED_SCORE };
      const seen = token.text.split("\0", 1)[0] || `[EMPTY_${id}]`;
      const twin = ids.get(seen);
      if (twin !== undefined) {
        throw malformed(this.file, `the tokens ${twin} and ${id} have the same text, ${shown(seen)}`);
      }
      ids.set(seen, id);
      tokens.push(token);
    }
    return tokens;
  }
}

function padding(id: number, taken: ReadonlySet<string | undefined>): string {
  let text = `[PAD${id}]`;
  while (taken.has(text)) text = `[${text}]`;
  return text;
}
