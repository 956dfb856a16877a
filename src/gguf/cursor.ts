// A reading position in a byte source: fetches growing chunks, never past the file's end or the header's limit.
import { OslmError } from "../errors.js";
import { FIRST_CHUNK, LARGEST_CHUNK, MAX_HEADER_BYTES } from "./limits.js";
import type { ByteSource } from "./source.js";

const text = new TextDecoder("utf-8");

/**
 * `need(n)` first, then up to `n` bytes can be taken without waiting: a tokenizer has hundreds of thousands of strings, and an
 * await for each would cost more than the reading.
 */
export class Cursor {
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** File offset of the first buffered byte. */
  #start = 0;
  #at = 0;
  #chunk = FIRST_CHUNK;

  constructor(
    readonly source: ByteSource,
    readonly name: string,
  ) {}

  get position(): number {
    return this.#start + this.#at;
  }

  get buffered(): number {
    return this.#bytes.length - this.#at;
  }

  fail(reason: string): never {
    throw new OslmError("malformed-gguf", { file: this.name, reason });
  }

  /** Makes `count` bytes available, or fails: the file ends inside the header. `what` is being read. */
  async need(count: number, what: string): Promise<void> {
    if (this.buffered >= count) return;
    this.#check(count, what);
    const length = Math.min(Math.max(count, this.#chunk), this.source.size - this.position);
    const missing = length - this.buffered;
    const tail = await this.source.read(this.#start + this.#bytes.length, missing);
    const joined = new Uint8Array(this.buffered + tail.length);
    joined.set(this.#bytes.subarray(this.#at));
    joined.set(tail, this.buffered);
    this.#start = this.position;
    this.#at = 0;
    this.#bytes = joined;
    this.#view = new DataView(joined.buffer);
    this.#chunk = Math.min(this.#chunk * 2, LARGEST_CHUNK);
    if (joined.length < count) this.fail(`the file ends inside the header, in ${what}`);
  }

  /** Moves on without reading what lies between. */
  skip(count: number, what: string): void {
    if (count > this.buffered) {
      this.#check(count, what);
      this.#start = this.position + count;
      this.#at = 0;
      this.#bytes = new Uint8Array(0);
      this.#view = new DataView(this.#bytes.buffer);
    } else {
      this.#at += count;
    }
  }

  #check(count: number, what: string): void {
    if (this.position + count > this.source.size) this.fail(`the file ends inside the header, in ${what}`);
    if (this.position + count > MAX_HEADER_BYTES) this.fail(`the header is longer than ${MAX_HEADER_BYTES} bytes`);
  }

  #take(count: number): number {
    const at = this.#at;
    this.#at += count;
    return at;
  }

  u8 = () => this.#view.getUint8(this.#take(1));
  i8 = () => this.#view.getInt8(this.#take(1));
  u16 = () => this.#view.getUint16(this.#take(2), true);
  i16 = () => this.#view.getInt16(this.#take(2), true);
  u32 = () => this.#view.getUint32(this.#take(4), true);
  i32 = () => this.#view.getInt32(this.#take(4), true);
  f32 = () => this.#view.getFloat32(this.#take(4), true);
  u64 = () => this.#view.getBigUint64(this.#take(8), true);
  i64 = () => this.#view.getBigInt64(this.#take(8), true);
  f64 = () => this.#view.getFloat64(this.#take(8), true);

  /** A 64-bit length as a double: inexact beyond 2^53, where every limit has refused it already. */
  length = () => {
    const low = this.u32();
    return this.u32() * 2 ** 32 + low;
  };

  /** Bytes that are no UTF-8 become U+FFFD: the text is for people, and the engine does not check either. */
  utf8(count: number): string {
    const at = this.#take(count);
    return text.decode(this.#bytes.subarray(at, at + count));
  }
}
