// One of the sequences of a context, with what belongs to it.
import type { LlamaContextSequence } from "node-llama-cpp";
import { stepOf } from "../computing.js";
import type { Guesser } from "./guesser.js";
import type { PrefixState } from "./prefix-state.js";

export class Lane {
  /** The end of a step that was broken off; nothing else may use the sequence before it. */
  left: Promise<void> | undefined;

  constructor(
    readonly sequence: LlamaContextSequence,
    readonly prefix: PrefixState,
    readonly guesser: Guesser | undefined,
  ) {}

  get contextTokens(): readonly number[] {
    return this.sequence.contextTokens;
  }

  /** The next of `tokens`; undefined when the signal came first: then the step is left to itself, and `left` is its end. */
  async step<T, Input>(
    tokens: AsyncGenerator<T, void, Input>,
    input: Input,
    signal: AbortSignal | undefined,
  ): Promise<IteratorResult<T, void> | undefined> {
    const work = tokens.next(input);
    const result = await stepOf(work, signal);
    if (result === undefined) {
      const gone = (): void => {
        this.left = undefined;
      };
      this.left = work.then(() => tokens.return()).then(gone, gone);
    }
    return result;
  }
}
