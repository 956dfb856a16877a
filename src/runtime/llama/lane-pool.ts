// The lanes of a context, lent to one answer each.
import { commonLength } from "../../model/prompt-states.js";

interface Lane {
  readonly contextTokens: readonly number[];
}

export class LanePool<One extends Lane> {
  readonly #free: One[];
  /** How many are lent. */
  lent = 0;
  readonly #waiting: ((lane: One) => void)[] = [];

  constructor(lanes: readonly One[]) {
    this.#free = [...lanes];
  }

  /** The free lane whose state begins most like `prompt`; waits, first come first served, while none is free. */
  async take(prompt: readonly number[]): Promise<One> {
    const [best] = this.#free
      .map((lane) => ({ lane, shared: commonLength(lane.contextTokens, prompt) }))
      .sort((a, b) => b.shared - a.shared);
    if (best === undefined) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free.splice(this.#free.indexOf(best.lane), 1);
    this.lent++;
    return best.lane;
  }

  give(lane: One): void {
    const next = this.#waiting.shift();
    if (next) next(lane);
    else {
      this.#free.push(lane);
      this.lent--;
    }
  }
}
