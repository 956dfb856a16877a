// The bytes of a pickle, one operand after another, none beyond their end. Source: Python's pickletools.py.
import type { Refuse } from "./tensor-window.js";

const LONGEST_NAME = 256;

export class PickleBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text = new TextDecoder();
  #at = 0;

  constructor(
    bytes: Uint8Array,
    readonly refuse: Refuse,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }

  u8 = (): number => this.#view.getUint8(this.#skip(1));
  u16 = (): number => this.#view.getUint16(this.#skip(2), true);
  u32 = (): number => this.#view.getUint32(this.#skip(4), true);
  i32 = (): number => this.#view.getInt32(this.#skip(4), true);
  /** The only number of a pickle that is big-endian. */
  f64 = (): number => this.#view.getFloat64(this.#skip(8), false);

  /** A number of up to 8 bytes, as a seed may be: more than any size or count needs, and rounded beyond what is exact. */
  long(): number {
    const count = this.u8();
    if (count > 8) this.refuse(`it has a number of ${count} bytes`);
    const start = this.#skip(count);
    let value = 0n;
    for (let index = count - 1; index >= 0; index--) value = (value << 8n) | BigInt(this.#view.getUint8(start + index));
    return Number(BigInt.asIntN(count * 8, value));
  }

  text(length: number): string {
    const start = this.#skip(length);
    return this.#text.decode(this.#bytes.subarray(start, start + length));
  }

  line(): string {
    const end = this.#bytes.subarray(this.#at, this.#at + LONGEST_NAME + 1).indexOf(0x0a);
    if (end < 0) this.refuse("a name has no end");
    const line = this.text(end);
    this.#at++;
    return line;
  }

  /** Moves on by so many bytes, and gives where they began. */
  #skip(count: number): number {
    const start = this.#at;
    if (count > this.#bytes.length - start) this.refuse("it is cut off");
    this.#at += count;
    return start;
  }
}
