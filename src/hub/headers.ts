// The headers of a reply. Node's own `Headers`, `Request` and `Response` would load its fetch with them, whose parser is WebAssembly: that
// reserves 10 GB of addresses, and below a `ulimit -v` that has not so many it ends the process.

/** By names in any case; several values of one name are joined by a comma (RFC 9110, 5.3). */
export class ReplyHeaders {
  readonly #values = new Map<string, string>();

  /** Spaces around values are no part of them. */
  constructor(lines: Iterable<readonly [name: string, value: string]>) {
    for (const [name, value] of lines) {
      const key = name.toLowerCase();
      const before = this.#values.get(key);
      const text = value.replace(/^[\t ]+|[\t ]+$/g, "");
      this.#values.set(key, before === undefined ? text : `${before}, ${text}`);
    }
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }
}
