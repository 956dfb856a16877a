// Memory for what is on its way from a connection to the disk.
import type { Bytes } from "../model/types.js";

/** All connections together keep about so much, half of it being filled while the other half is written. */
const TOTAL_BYTES: Bytes = 4 * 1024 * 1024;
/** Fewer, larger writes cost less: each is a trip to another thread. */
const LARGEST_BYTES: Bytes = 1024 * 1024;

/** Hands out buffers and takes them back: new ones for every piece would be cleared by the system each time. */
export class Portions {
  #size: Bytes = LARGEST_BYTES;
  #free: Buffer[] = [];

  /** Buffers get smaller as connections get more. */
  shareAmong(connections: number): void {
    const size = Math.min(LARGEST_BYTES, TOTAL_BYTES / (2 * connections));
    if (size === this.#size) return;
    this.#size = size;
    this.#free = [];
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size);
  }

  give(...buffers: readonly Buffer[]): void {
    this.#free.push(...buffers.filter(({ length }) => length === this.#size));
  }
}
