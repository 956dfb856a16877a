// Rows of a transposed matrix that are read in order: many at once, since each reading goes through the whole of its storage.

/** Reads elements of a tensor, in bytes. */
export type ReadElements = (from: number, count: number) => Promise<Uint8Array>;

/** What was read ahead of the last tensor, for those of a file together: they are read one after another. */
export class ReadAhead {
  #tensor: unknown;
  /** Elements that are at hand: from, up to. */
  #from = 0;
  #to = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the last request of that tensor ended. */
  #end = 0;

  constructor(
    /** Bytes that are kept at most. */
    readonly limit: number,
  ) {}

  /** The elements as `read` gives them. `all` is how many the tensor has, `width` the bytes of each. */
  async get(tensor: object, width: number, all: number, read: ReadElements, from: number, count: number) {
    const inOrder = this.#tensor === tensor && from === this.#end;
    const atHand = this.#tensor === tensor && from >= this.#from && from + count <= this.#to;
    if (!atHand) {
      const most = inOrder ? Math.max(count, Math.floor(this.limit / width)) : count;
      this.#bytes = new Uint8Array(0);
      this.#from = this.#to = 0;
      const bytes = await read(from, Math.min(most, all - from));
      this.#tensor = tensor;
      this.#from = from;
      this.#to = from + bytes.length / width;
      this.#bytes = bytes;
    }
    this.#end = from + count;
    return this.#bytes.subarray((from - this.#from) * width, (from - this.#from + count) * width);
  }
}
