// The sequences of a context, lent to one answer each.

interface Sequence {
  readonly contextTokens: readonly number[];
}

export class SequencePool<One extends Sequence> {
  readonly #free: One[];
  /** How many are lent. */
  lent = 0;
  readonly #waiting: ((sequence: One) => void)[] = [];

  constructor(sequences: readonly One[]) {
    this.#free = [...sequences];
  }

  /** The free sequence whose state begins most like `prompt`; waits, first come first served, while none is free. */
  async take(prompt: readonly number[]): Promise<One> {
    const [best] = this.#free
      .map((sequence) => ({ sequence, shared: commonLength(sequence.contextTokens, prompt) }))
      .sort((a, b) => b.shared - a.shared);
    if (best === undefined) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free.splice(this.#free.indexOf(best.sequence), 1);
    this.lent++;
    return best.sequence;
  }

  give(sequence: One): void {
    const next = this.#waiting.shift();
    if (next) next(sequence);
    else {
      this.#free.push(sequence);
      this.lent--;
    }
  }
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let index = 0;
  while (index < end && a[index] === b[index]) index++;
  return index;
}
