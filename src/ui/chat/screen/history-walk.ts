// Up and Down through what was typed before.

export class HistoryWalk {
  #entries: string[];
  #at: number;
  /** What was written when the walk began; Down comes back to it. */
  #fresh = "";

  /** @param entries oldest first */
  constructor(entries: readonly string[]) {
    this.#entries = [...entries];
    this.#at = this.#entries.length;
  }

  /** The one before; undefined at the oldest. */
  back(written: string): string | undefined {
    if (this.#at === this.#entries.length) this.#fresh = written;
    if (this.#at === 0) return undefined;
    this.#at--;
    return this.#entries[this.#at];
  }

  /** The one after; undefined where the walk began. */
  forward(): string | undefined {
    if (this.#at === this.#entries.length) return undefined;
    this.#at++;
    return this.#entries[this.#at] ?? this.#fresh;
  }

  /** Something was sent; true when it is new. The walk begins anew. */
  add(typed: string): boolean {
    const isNew = this.#entries.at(-1) !== typed;
    if (isNew) this.#entries.push(typed);
    this.#at = this.#entries.length;
    return isNew;
  }
}
