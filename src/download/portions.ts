// Memory for what is on its way from a connection to the disk.
import type { Bytes } from "../model/types.js";

/** What one connection takes at most: one that is filled, the others wait for the disk. */
export const PORTIONS_EACH = 4;
/** All connections together keep about so much. */
const TOTAL_BYTES: Bytes = 8 * 1024 * 1024;
/** Fewer, larger writes cost less: each is a trip to another thread. */
const LARGEST_BYTES: Bytes = 1024 * 1024;

/** Hands out buffers and takes them back: new ones for every piece would be cleared by the system each time. */
export class Portions {
  #size: Bytes = LARGEST_BYTES;
  #free: ArrayBufferLike[] = [];

  /** Buffers get smaller as connections get more. */
  shareAmong(connections: number): void {
    const size = Math.min(LARGEST_BYTES, TOTAL_BYTES / (PORTIONS_EACH * connections));
    if (size === this.#size) return;
    this.#size = size;
    this.#free = [];
  }

  take(): Buffer {
    const memory = this.#free.pop();
    return memory === undefined ? Buffer.allocUnsafeSlow(this.#size) : Buffer.from(memory);
  }

  /** Takes back what `take` gave, or a part of it. */
  give({ buffer }: Buffer): void {
    if (buffer.byteLength === this.#size) this.#free.push(buffer);
  }
}
