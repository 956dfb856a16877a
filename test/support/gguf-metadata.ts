// All metadata of a GGUF file, arrays and all: our own reader walks over a tokenizer's arrays.
import type { Scalar } from "../../src/gguf/values.js";

class Bytes {
  #at = 8;
  constructor(private readonly bytes: Buffer) {}

  /** Where the next value of that many bytes is. */
  #next(length: number): number {
    this.#at += length;
    return this.#at - length;
  }
  u32 = () => this.bytes.readUInt32LE(this.#next(4));
  u64 = () => Number(this.bytes.readBigUInt64LE(this.#next(8)));

  /** By the type's number in the format. */
  scalar(type: number): Scalar {
    if (type === 0) return this.bytes.readUInt8(this.#next(1));
    if (type === 4) return this.u32();
    if (type === 5) return this.bytes.readInt32LE(this.#next(4));
    if (type === 6) return this.bytes.readFloatLE(this.#next(4));
    if (type === 7) return this.bytes.readUInt8(this.#next(1)) !== 0;
    if (type === 10) return this.u64();
    if (type !== 8) throw new Error(`type ${type}`);
    const length = this.u64();
    const at = this.#next(length);
    return this.bytes.toString("utf8", at, at + length);
  }
}

export function ggufMetadata(file: Buffer): Map<string, Scalar | readonly Scalar[]> {
  const bytes = new Bytes(file);
  const metadata = new Map<string, Scalar | readonly Scalar[]>();
  bytes.u64();
  for (let keys = bytes.u64(); keys > 0; keys--) {
    const key = String(bytes.scalar(8));
    const type = bytes.u32();
    if (type !== 9) metadata.set(key, bytes.scalar(type));
    else {
      const element = bytes.u32();
      metadata.set(
        key,
        Array.from({ length: bytes.u64() }, () => bytes.scalar(element)),
      );
    }
  }
  return metadata;
}
