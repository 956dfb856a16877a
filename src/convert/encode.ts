// Weights into the bytes that a GGUF file holds.
import type { StoredType } from "./checkpoint.js";
import { table16, toBf16, toF16, toFloats, view } from "./floats.js";

/** Whole rows of one tensor, as a checkpoint stores them. */
export interface Piece {
  readonly type: StoredType;
  readonly bytes: Uint8Array;
  /** Elements of a row, a multiple of the block of what it becomes. */
  readonly perRow: number;
  /** The number of the first row, of all of the tensor. */
  readonly row: number;
  readonly tensor: string;
  /** As GGUF writes it: the row first. */
  readonly dims: readonly number[];
}

/** Rows into a type's bytes, which hold until it is called again; the interface that quantizers of other types have as well. */
export type Encode = (type: string, piece: Piece) => Uint8Array | Promise<Uint8Array>;

/** What `plainEncoder` knows, by the names of tensor types. */
export const OWN_TYPES: readonly string[] = ["F32", "F16", "BF16"];

export const isOwnType = (type: string): boolean => OWN_TYPES.includes(type);

/** Without floats in between where both have 16 bits, as most checkpoints do. */
export function plainEncoder(): Encode {
  const tables = new Map<string, Uint16Array>();
  let room = new Uint16Array(0);
  return (type, { type: from, bytes }) => {
    if (from === type) return bytes;
    if (isHalf(from) && isHalf(type)) {
      const table = tables.get(from) ?? table16(from, type);
      tables.set(from, table);
      const source = view(Uint16Array, bytes);
      if (room.length < source.length) room = new Uint16Array(source.length);
      for (let i = 0; i < source.length; i++) room[i] = table[source[i] as number] as number;
      return bytesOf(room.subarray(0, source.length));
    }
    switch (type) {
      case "F32":
        return bytesOf(toFloats(from, bytes));
      case "F16":
        return bytesOf(toF16(toFloats(from, bytes)));
      case "BF16":
        return bytesOf(toBf16(toFloats(from, bytes)));
      default:
        throw new RangeError(`no encoder for ${type}`);
    }
  };
}

const isHalf = (type: string): type is "F16" | "BF16" => type === "F16" || type === "BF16";

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
