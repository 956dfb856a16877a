// Who guesses the next tokens, for the model to check in one step ("speculative decoding").

export interface Guesser {
  /**
   * What may follow `tokens`, which are the prompt and the answer so far; none where nothing is likely.
   * @param most how many at most
   */
  guess(tokens: readonly number[], most: number, signal: AbortSignal | undefined): Promise<readonly number[]>;
}
