/** Keeps the last few things that were made: rows of a tensor are read one after another, and all need its packed parts. */
export class Recent<T> {
  readonly #kept = new Map<string, Promise<T>>();

  constructor(readonly limit: number) {}

  /** The thing of that name, made anew where it is not among the last. What cannot be made is not kept. */
  get(name: string, make: () => Promise<T>): Promise<T> {
    const thing = this.#kept.get(name) ?? make();
    this.#kept.delete(name);
    this.#kept.set(name, thing);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size > this.limit) this.#kept.delete(oldest);
    thing.catch(() => this.#kept.delete(name));
    return thing;
  }
}
