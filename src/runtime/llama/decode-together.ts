// Which sequences go into the next decode, so that as many as can share one reading of the weights.
import type { CustomBatchingPrioritizationStrategy } from "node-llama-cpp";

/**
 * The library begins the next decode before the last of the sequences has said what its next token is: of 652 decodes for two
 * sequences 624 were of one, with this 20 of 350. Being asked again costs a few microtasks; 16 times were enough for every sequence that
 * is about to come, and one that waits for something else is not waited for.
 */
const PATIENCE = 64;

/** @param lent how many sequences are in use */
export function decodeTogether(lent: () => number): CustomBatchingPrioritizationStrategy {
  let asked = 0;
  return ({ items, size }) => {
    if (items.length < Math.min(lent(), size) && asked < PATIENCE) {
      asked++;
      return [];
    }
    asked = 0;
    return share(items, size);
  };
}

/** Tokens of answers first, one each; what room is left goes to prompts, the same to each. */
function share<Item extends { readonly tokens: readonly unknown[] }>(items: readonly Item[], size: number) {
  const shortestFirst = [...items].sort((a, b) => a.tokens.length - b.tokens.length).slice(0, size);
  let left = size;
  return shortestFirst.map((item, index) => {
    const processAmount = Math.min(item.tokens.length, Math.floor(left / (shortestFirst.length - index)));
    left -= processAmount;
    return { item, processAmount };
  });
}
