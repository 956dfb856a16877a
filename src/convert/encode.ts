// Weights into the bytes that a GGUF file holds.
import type { StoredType } from "./checkpoint.js";
import { table16, toBf16, toF16, toFloats, view } from "./floats.js";

/**
 * Float rows into a type's bytes; the interface that quantizers of other types have as well.
 * @param perRow elements of a row, a multiple of the type's block
 * @param tensor its name, for messages
 */
export type Encode = (
  type: string,
  floats: Float32Array,
  perRow: number,
  tensor: string,
) => Uint8Array | Promise<Uint8Array>;

/** What `encodeFloats` knows, by the names of tensor types. */
export const OWN_TYPES: readonly string[] = ["F32", "F16", "BF16"];

export const isOwnType = (type: string): boolean => OWN_TYPES.includes(type);

export const encodeFloats: Encode = (type, floats) => {
  switch (type) {
    case "F32":
      return bytesOf(floats);
    case "F16":
      return bytesOf(toF16(floats));
    case "BF16":
      return bytesOf(toBf16(floats));
    default:
      throw new RangeError(`no encoder for ${type}`);
  }
};

const tables = new Map<string, Uint16Array>();

/** The bytes of `from` as `to` without floats in between, where that is possible. */
export function translate(from: StoredType, to: string, bytes: Uint8Array): Uint8Array | undefined {
  if (from === to) return bytes;
  if ((from !== "F16" && from !== "BF16") || (to !== "F16" && to !== "BF16")) return undefined;
  const key = `${from} ${to}`;
  const table = tables.get(key) ?? table16(from, to);
  tables.set(key, table);
  const source = view(Uint16Array, bytes);
  const out = new Uint16Array(source.length);
  for (let i = 0; i < source.length; i++) out[i] = table[source[i] as number] as number;
  return bytesOf(out);
}

/** Stored bytes in any of the types that `encode` knows. */
export async function encodeStored(
  from: StoredType,
  to: string,
  bytes: Uint8Array,
  row: { readonly perRow: number; readonly tensor: string },
  encode: Encode,
): Promise<Uint8Array> {
  return translate(from, to, bytes) ?? (await encode(to, toFloats(from, bytes), row.perRow, row.tensor));
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
