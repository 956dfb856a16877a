// Events of work that runs on its own, for whoever reads them.

/** Written at any time, read by one `for await`. */
export class EventQueue<T> {
  readonly #events: T[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake = () => {};

  push(event: T): void {
    this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The reader gets what is here, then the error. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#ended) break;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
