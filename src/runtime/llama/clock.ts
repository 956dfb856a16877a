// The times of one generation.
import type { Milliseconds, Tokens } from "../../model/types.js";

/** Begins when it is made. */
export class Clock {
  readonly #start = performance.now();
  #prompt: number | undefined;
  #first: number | undefined;
  #last = 0;

  constructor(private readonly loadMs: Milliseconds) {}

  promptRead(): void {
    this.#prompt = performance.now();
  }

  token(): void {
    this.#last = performance.now();
    this.#first ??= this.#last;
  }

  /** @param tokens of the answer; the first of them came with the prompt */
  timings(tokens: Tokens) {
    const end = performance.now();
    const seconds = (this.#last - (this.#first ?? this.#last)) / 1000;
    return {
      loadMs: round(this.loadMs),
      promptMs: round((this.#first ?? this.#prompt ?? end) - this.#start),
      firstTokenMs: round((this.#first ?? end) - this.#start),
      totalMs: round(end - this.#start),
      tokensPerSecond: round(seconds > 0 ? (tokens - 1) / seconds : 0),
    };
  }
}

/** More digits would only look exact. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
