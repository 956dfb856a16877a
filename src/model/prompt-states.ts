// Evaluated prompts that outlive a process: what a loaded model asks for, and the disk gives.
import type { Tokens } from "./types.js";

/** The engine's memory of a text: what it computed for these tokens, in a file that only the engine reads. */
export interface PromptState {
  readonly path: string;
  readonly tokens: readonly number[];
  /**
   * Of the tokens, from the first: so many were computed in whole batches, beginning at the first token. What is computed in other
   * groups differs in the last bits, and with it, rarely, a drawn token.
   */
  readonly exact: Tokens;
}

/** What is kept of a prompt. */
export interface KnownStates {
  /** The most tokens that any kept state and the prompt begin with; 0 for none. */
  readonly common: Tokens;
  /** The state to begin with. */
  readonly state?: PromptState;
}

/** The states of one model as it is loaded now: same file, engine, batch and cache type. */
export interface PromptStates {
  /**
   * The state that has most of the beginning of `prompt`, whole and unchanged.
   * @param wholly none that goes on differently, since this model's states cannot be cut
   */
  find(prompt: readonly number[], wholly: boolean): Promise<KnownStates>;
  /**
   * Keeps a state that `write` writes to the path it is given. Costs a write of the context's memory; what goes wrong is a
   * missing file later, never an error.
   * @param replaces whether it may be cut, and so serves for what begins like it
   */
  keep(state: Omit<PromptState, "path">, replaces: boolean, write: (path: string) => Promise<unknown>): Promise<void>;
}

/** How many tokens both begin with. */
export function commonLength(one: readonly number[], other: readonly number[]): Tokens {
  const end = Math.min(one.length, other.length);
  let length = 0;
  while (length < end && one[length] === other[length]) length++;
  return length;
}
