// Tokens of an answer, several of them checked at once where a guesser has an idea of what comes.
import type { ControlledEvaluateInputItem, LlamaContextSequence, SequenceEvaluateOptions, Token } from "node-llama-cpp";
import type { Guesser } from "./guesser.js";

/** How many guesses are checked at once: twice as many after all were right, half after all were wrong. */
const [FEWEST, FIRST, MOST] = [1, 4, 16];

type Sampling = SequenceEvaluateOptions & { readonly seed: number };

/** Grammars and penalties depend on the tokens before, which guesses are not yet. */
export function allowsGuesses(sampling: SequenceEvaluateOptions): boolean {
  return sampling.grammarEvaluationState === undefined && sampling.repeatPenalty === undefined;
}

/** Guesses, counted. */
export interface Tally {
  checked: number;
  right: number;
}

export interface Guessing {
  readonly guesser: Guesser;
  /** The most tokens that prompt and answer may have together. */
  readonly ctx: number;
  readonly signal: AbortSignal | undefined;
  readonly sampling: Sampling;
  readonly tally: Tally;
}

/**
 * With temperature 0 the tokens are those that come without guesses: what is wrong is dropped. With chance each place in the text has a seed of
 * its own, so that a text depends on its seed and not on the guesses.
 * @param prompt all of its tokens; the sequence has read them but for the `unread` last ones
 */
export async function* speculate(
  sequence: LlamaContextSequence,
  prompt: readonly number[],
  unread: readonly Token[],
  { guesser, ctx, signal, sampling, tally }: Guessing,
): AsyncGenerator<{ readonly token: Token }, void> {
  const tokens = [...prompt];
  let pending: readonly Token[] = unread;
  let most = FIRST;
  for (;;) {
    const room = Math.min(most, ctx - tokens.length - 1);
    const guesses = room > 0 ? ((await guesser.guess(tokens, room, signal)) as readonly Token[]) : [];
    // A step of the large model would be for nothing.
    if (signal?.aborted) return;
    const start = sequence.nextTokenIndex;
    const { temperature, topK, topP, minP } = sampling;
    const ask = (token: Token, index: number): ControlledEvaluateInputItem => {
      const seed = mix(sampling.seed, start + index);
      return [token, { generateNext: { token: true, options: { temperature, topK, topP, minP, seed } } }];
    };
    const read = pending.slice(0, -1);
    const asked = [...pending.slice(-1), ...guesses].map((token, index) => ask(token, read.length + index));
    const results = await sequence.controlledEvaluate([...read, ...asked]);
    const said = results.slice(read.length).map((result) => result?.next.token ?? undefined);
    let right = 0;
    while (right < guesses.length && said[right] === guesses[right]) right++;
    tally.checked += guesses.length;
    tally.right += right;
    if (right < guesses.length) {
      const end = sequence.nextTokenIndex;
      await sequence.eraseContextTokenRanges([{ start: end - (guesses.length - right), end }]);
    }
    if (guesses.length > 0 && right === guesses.length) most = Math.min(MOST, most * 2);
    else if (guesses.length > 0 && right === 0) most = Math.max(FEWEST, Math.floor(most / 2));
    for (const token of said.slice(0, right + 1)) {
      if (token === undefined) throw new Error("Failed to sample next token");
      if (sequence.model.isEogToken(token)) return;
      tokens.push(token);
      pending = [token];
      yield { token };
    }
  }
}

/** A seed for one place in a text (the finalizer of MurmurHash3). */
function mix(seed: number, place: number): number {
  let hash = (seed ^ Math.imul(place + 1, 0x9e3779b1)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
