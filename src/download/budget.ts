// How many connections are worth having: few at first, more as long as more bring more.
import type { Bytes, Milliseconds } from "../model/types.js";

export const FIRST_CONNECTIONS = 2;
/** As many as browsers and aria2 allow themselves, all hosts together. */
export const MAX_CONNECTIONS = 16;
/** Between two looks at the throughput. */
export const WINDOW_MS: Milliseconds = 250;

/** Doubling the connections must bring this much, or the line, the disk or this machine is the limit. */
const WORTH_IT = 1.15;
/** Windows of calm before another try: lines change in the course of a long download. */
const PATIENCE = 40;
/** Windows of humility after a server has said that it is too much. */
const PENANCE = 240;

/** Counts windows, not time, so that it needs no clock. */
export class Budget {
  #limit = FIRST_CONNECTIONS;
  /** The throughput before the last raise, and the limit to go back to when it brought nothing. */
  #before: { readonly limit: number; readonly bytes: Bytes } | undefined;
  #calm = 0;

  get limit(): number {
    return this.#limit;
  }

  /** One window has passed with so many bytes; `busy` when every connection allowed was in use. */
  tick(bytes: Bytes, busy: boolean): void {
    if (this.#calm > 0) {
      this.#calm--;
      return;
    }
    if (!busy || bytes === 0) return;
    if (this.#before !== undefined && bytes < this.#before.bytes * WORTH_IT) {
      this.#limit = this.#before.limit;
      this.#before = undefined;
      this.#calm = PATIENCE;
      return;
    }
    this.#before = { limit: this.#limit, bytes };
    this.#limit = Math.min(MAX_CONNECTIONS, this.#limit * 2);
    if (this.#limit === this.#before.limit) this.#calm = PATIENCE;
  }

  /** A server refused: half the connections, and no more for a minute. */
  backOff(): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#before = undefined;
    this.#calm = PENANCE;
  }
}
