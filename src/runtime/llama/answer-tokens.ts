// The tokens of an answer as the library draws them, with what shows that the model computes numbers.
import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from "node-llama-cpp";

/** What the library is to tell of each token; it takes `true` only by its types. */
export type Metadata = { readonly probabilities: true; readonly confidence: true };

export interface Said {
  readonly token: Token;
  /** Its probability; NaN of a model that computes no numbers. */
  readonly confidence?: number;
  /** Of the likeliest in its place, where they were asked for. */
  readonly probabilities?: ReadonlyMap<Token, number>;
}

/**
 * What follows `prompt`. The probability of the likeliest token takes a pass over the vocabulary: at temperature 0 only the first token comes
 * with it. What is drawn by chance has it at hand, and one sampler draws all of it: another one would begin with the seed again.
 */
export async function* answerTokens(
  sequence: LlamaContextSequence,
  prompt: Token[],
  metadata: Metadata,
  how: SequenceEvaluateOptions,
): AsyncGenerator<Said, void> {
  let next = prompt;
  if (metadata.confidence && how.temperature === 0) {
    for await (const first of sequence.evaluateWithMetadata(prompt, metadata, how)) {
      yield first;
      next = [first.token];
      break;
    }
    if (next === prompt) return;
  }
  const rest = { ...metadata, confidence: metadata.confidence && how.temperature !== 0 } as Metadata;
  yield* sequence.evaluateWithMetadata(next, rest, how);
}
