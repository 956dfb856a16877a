// A few megabytes of a storage at once, for readers that move on through it.
import { GATHER_BYTES, GATHER_GAP_BYTES } from "./limits.js";

/** Reads so many bytes of a storage from a place in it: exactly so many. */
export type ReadStorage = (from: number, length: number) => Promise<Uint8Array>;

export class StorageWindow {
  #bytes: Uint8Array = new Uint8Array(0);
  /** Element at its beginning. */
  #start = 0;

  constructor(
    readonly storage: ReadStorage,
    /** Bytes of an element. */
    readonly width: number,
    /** The element after the last that is asked for. */
    readonly end: number,
  ) {}

  /** How many elements of such a stride are worth one read. */
  together(stride: number): number {
    if (stride * this.width > GATHER_GAP_BYTES) return 1;
    return Math.max(1, Math.floor(GATHER_BYTES / (Math.max(1, stride) * this.width)));
  }

  /** The bytes from the element `place` on, at least `length` elements. The next will be asked for `next` elements later. */
  async read(place: number, length: number, next: number): Promise<Uint8Array> {
    const inside = place >= this.#start && (place - this.#start + length) * this.width <= this.#bytes.length;
    if (!inside) {
      const far = (next - length) * this.width > GATHER_GAP_BYTES;
      const wanted = far ? length : Math.max(length, Math.floor(GATHER_BYTES / this.width));
      this.#bytes = new Uint8Array(0);
      this.#bytes = new Uint8Array(
        await this.storage(place * this.width, Math.min(wanted, this.end - place) * this.width),
      );
      this.#start = place;
    }
    return this.#bytes.subarray((place - this.#start) * this.width);
  }
}
