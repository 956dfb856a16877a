// Guesses that the text goes on as it did before: answers that quote, correct or translate code repeat their prompt.
import type { Guesser } from "./guesser.js";

/** One token alone comes again too often to tell what follows. */
const SHORTEST = 2;
const LONGEST = 8;

/** The guess of the longest end of `tokens` that was seen before, the latest time. */
export function lookUp(tokens: readonly number[], most: number): readonly number[] {
  const end = tokens.length;
  let best = { length: SHORTEST - 1, next: end };
  for (let next = end - 1; next > 0 && best.length < LONGEST; next--) {
    let length = 0;
    while (length < LONGEST && length < next && tokens[next - 1 - length] === tokens[end - 1 - length]) length++;
    if (length > best.length) best = { length, next };
  }
  return tokens.slice(best.next, best.next + most);
}

export const lookupGuesser: Guesser = { guess: async (tokens, most) => lookUp(tokens, most) };
