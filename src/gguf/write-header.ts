// The beginning of a GGUF file: everything before the tensors' data. Format: docs/gguf.md of the ggml repository, version 3.
import type { RawPair } from "./raw-pairs.js";
import { tensorBytes, tensorTypeNamed } from "./tensor-types.js";
import type { Scalar } from "./values.js";

/** `enum gguf_metadata_value_type`. */
const TYPE_IDS = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;
const ARRAY = 9;

export type GgufType = keyof typeof TYPE_IDS;

/** A list is an array of that type. */
export interface TypedValue {
  readonly type: GgufType;
  readonly value: Scalar | readonly Scalar[];
}

/** Metadata is written in the order of its pairs. */
export type MetadataPair = readonly [key: string, value: TypedValue];

export interface TensorToWrite {
  readonly name: string;
  /** As in `TensorInfo`: F32, Q8_0 ... */
  readonly type: string;
  /** Fastest-varying first. */
  readonly dims: readonly number[];
}

export interface PlacedTensor extends TensorToWrite {
  readonly bytes: number;
  /** From the start of the tensor data. */
  readonly offset: number;
}

export interface WrittenHeader {
  /** Padded: the data begins after them. */
  readonly bytes: Uint8Array;
  readonly tensors: readonly PlacedTensor[];
  /** Of the whole file. */
  readonly fileSize: number;
}

/** GGUF_DEFAULT_ALIGNMENT, which a file without `general.alignment` has. */
export const ALIGNMENT = 32;

export const aligned = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** Tensors lie one after another in the order given. Throws RangeError for what the format cannot hold: a mistake of the caller. */
export function writeHeader(
  metadata: readonly (MetadataPair | RawPair)[],
  tensors: readonly TensorToWrite[],
): WrittenHeader {
  const out = new Growing();
  out.raw(new TextEncoder().encode("GGUF"));
  out.u32(3);
  out.u64(tensors.length);
  out.u64(metadata.length);
  for (const pair of metadata) {
    if ("bytes" in pair) {
      out.raw(pair.bytes);
      continue;
    }
    const [key, { type, value }] = pair;
    out.text(key);
    if (!Array.isArray(value)) {
      out.u32(TYPE_IDS[type]);
      out.scalar(type, value as Scalar);
      continue;
    }
    out.u32(ARRAY);
    out.u32(TYPE_IDS[type]);
    out.u64(value.length);
    for (const one of value) out.scalar(type, one);
  }
  const placed: PlacedTensor[] = [];
  let offset = 0;
  for (const tensor of tensors) {
    const type = tensorTypeNamed(tensor.type);
    const bytes = Number((type && tensorBytes(type, tensor.dims.map(BigInt))) ?? Number.NaN);
    if (type === undefined || !Number.isSafeInteger(bytes)) {
      throw new RangeError(`${tensor.name} cannot be ${tensor.type}`);
    }
    out.text(tensor.name);
    out.u32(tensor.dims.length);
    for (const dim of tensor.dims) out.u64(dim);
    out.u32(type.id);
    out.u64(offset);
    placed.push({ ...tensor, bytes, offset });
    offset += aligned(bytes);
  }
  const bytes = out.padded();
  return { bytes, tensors: placed, fileSize: bytes.length + offset };
}

class Growing {
  #bytes = new Uint8Array(64 * 1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #room(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  u64(value: number | bigint): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u64(bytes.length);
    this.raw(bytes);
  }

  scalar(type: GgufType, value: Scalar): void {
    if (type === "string") {
      this.text(String(value));
      return;
    }
    if (type === "uint64") {
      this.u64(BigInt(value));
      return;
    }
    const size = SIZES[type];
    const at = this.#room(size);
    SETTERS[type](this.#view, at, value);
  }

  padded(): Uint8Array {
    this.#room(aligned(this.#length) - this.#length);
    return this.#bytes.slice(0, this.#length);
  }
}

type Plain = Exclude<GgufType, "string" | "uint64">;

const SIZES: Readonly<Record<Plain, number>> = {
  uint8: 1,
  bool: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  int64: 8,
  float64: 8,
};

const SETTERS: Readonly<Record<Plain, (view: DataView, at: number, value: Scalar) => void>> = {
  uint8: (view, at, value) => view.setUint8(at, Number(value)),
  bool: (view, at, value) => view.setUint8(at, Number(value)),
  int8: (view, at, value) => view.setInt8(at, Number(value)),
  uint16: (view, at, value) => view.setUint16(at, Number(value), true),
  int16: (view, at, value) => view.setInt16(at, Number(value), true),
  uint32: (view, at, value) => view.setUint32(at, Number(value), true),
  int32: (view, at, value) => view.setInt32(at, Number(value), true),
  float32: (view, at, value) => view.setFloat32(at, Number(value), true),
  int64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  float64: (view, at, value) => view.setFloat64(at, Number(value), true),
};
