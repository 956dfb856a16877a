// What is already computed of a prompt: in the context from the turn before, or on the disk from another process.
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { commonLength, type PromptState, type PromptStates } from "../../model/prompt-states.js";

/** Fewer tokens than this are read again sooner than they are worth a file. */
const WORTH_KEEPING = 128;

export class PrefixState {
  /** Leading tokens of the context that were computed in whole batches from the first one. */
  #exact = 0;
  /** Tokens of the context that a file has. */
  #kept = 0;

  constructor(
    private readonly sequence: LlamaContextSequence,
    private readonly states: PromptStates | undefined,
    private readonly batch: number,
  ) {}

  /**
   * Makes the context hold the longest known beginning of `prompt`, its last token left out: something must be evaluated.
   * `cached` tokens need not be read. Where `stop` is given, `keep` is to be called when so many are read: models whose state cannot be
   * cut (recurrent layers, sliding windows) go on only from where a state was kept. The place where two prompts parted is
   * likely to be the end of what the next one has in common as well; without one it is the end of this prompt.
   * @param exact only what a first reading would have computed in the same way, to the bit
   */
  async reuse(prompt: readonly number[], exact: boolean): Promise<{ cached: number; stop?: number }> {
    const wanted = prompt.slice(0, -1);
    const here = commonLength(this.#held, wanted);
    if (this.states === undefined || wanted.length - here < WORTH_KEEPING)
      return { cached: await this.#cutTo(wanted, exact) };
    const whole = this.sequence.needsCheckpoints;
    const { state, common } = await this.states.find(wanted, whole);
    if (state !== undefined && commonLength(state.tokens, wanted) - here >= WORTH_KEEPING) await this.#load(state);
    const cached = await this.#cutTo(wanted, exact);
    const parted = common < wanted.length ? common : 0;
    const stop = this.#wholeBatches(parted - cached >= WORTH_KEEPING ? parted : wanted.length);
    return whole && stop - cached >= WORTH_KEEPING ? { cached, stop } : { cached };
  }

  /** The context has read on, from `start` to `end`: at once, or beside other sequences in parts that nobody can foresee. */
  wasRead(start: number, end: number): void {
    if (start === this.#exact && end - start === this.batch) this.#exact = end;
  }

  /**
   * Writes the context's state to the disk where that spares a later process enough; never throws.
   * @param prompt without the answer to it, which hardly any other prompt goes on with
   */
  async keep(prompt: readonly number[]): Promise<void> {
    const { states, sequence } = this;
    if (states === undefined || prompt.length - this.#kept < WORTH_KEEPING) return;
    try {
      if (!sequence.needsCheckpoints) await sequence.adaptStateToTokens([...prompt] as Token[], false);
      const tokens = this.#held;
      await states.keep({ tokens, exact: Math.min(this.#exact, tokens.length) }, !sequence.needsCheckpoints, (path) =>
        sequence.saveStateToFile(path),
      );
      this.#kept = tokens.length;
    } catch {
      // An aborted run: nothing worth keeping.
    }
  }

  async #cutTo(wanted: readonly number[], exact: boolean): Promise<number> {
    const common = commonLength(this.#held, wanted);
    const length = exact ? this.#wholeBatches(Math.min(common, this.#exact)) : common;
    await this.sequence.adaptStateToTokens(wanted.slice(0, length) as Token[], false);
    const cached = this.sequence.nextTokenIndex;
    this.#exact = this.#wholeBatches(Math.min(this.#exact, cached));
    this.#kept = Math.min(this.#kept, cached);
    return cached;
  }

  async #load({ path, tokens, exact }: PromptState): Promise<void> {
    try {
      await this.sequence.loadStateFromFile(path, { acceptRisk: true });
      this.#exact = exact;
      this.#kept = tokens.length;
    } catch {
      // Of a larger context than this one, say: the engine has put it away again.
    }
  }

  get #held(): readonly number[] {
    return this.sequence.contextTokens;
  }

  #wholeBatches(tokens: number): number {
    return tokens - (tokens % this.batch);
  }
}
