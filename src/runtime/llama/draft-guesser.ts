// A small model guesses what the large one will say.
//
// node-llama-cpp's own predictor works in the background: how many guesses there are depends on time, and with them the text that a seed
// gives; a decode that is still under way when the model is disposed of ends the process; and of several guesses the library
// accepts only the first (3.22.1: the same model as draft, 19 of 240). This one guesses only while it is asked.
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { Guesser } from "./guesser.js";

/** A guess that is less likely than this is not worth the check (the library's own figure). */
const LEAST_CONFIDENCE = 0.6;

export class DraftGuesser implements Guesser {
  /**
   * @param ctx longer texts are not guessed at
   * @param batch tokens that are read in one step; between steps the signal is looked at
   */
  constructor(
    private readonly sequence: LlamaContextSequence,
    private readonly ctx: number,
    private readonly batch: number,
  ) {}

  async guess(tokens: readonly number[], most: number, signal: AbortSignal | undefined): Promise<readonly number[]> {
    const { sequence, ctx, batch } = this;
    if (tokens.length + most > ctx) return [];
    await sequence.adaptStateToTokens(tokens.slice(0, -1) as Token[], false);
    let rest = tokens.slice(sequence.nextTokenIndex) as Token[];
    for (; rest.length > batch; rest = rest.slice(batch)) {
      if (signal?.aborted) return [];
      await sequence.evaluateWithoutGeneratingNewTokens(rest.slice(0, batch));
    }
    const guesses: number[] = [];
    const likeliest = { temperature: 0, yieldEogToken: true };
    for await (const { token, confidence } of sequence.evaluateWithMetadata(rest, { confidence: true }, likeliest)) {
      if (confidence < LEAST_CONFIDENCE || signal?.aborted) break;
      guesses.push(token);
      if (guesses.length >= most || sequence.model.isEogToken(token)) break;
    }
    return guesses;
  }
}
