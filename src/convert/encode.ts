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
export const OWN_TYPES = ["F32", "F16", "BF16", "Q8_0"] as const;

export const encodeFloats: Encode = (type, floats) => {
  switch (type) {
    case "F32":
      return bytesOf(floats);
    case "F16":
      return bytesOf(toF16(floats));
    case "BF16":
      return bytesOf(toBf16(floats));
    case "Q8_0":
      return toQ8(floats);
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

const Q8_BLOCK = 32;

/** `block_q8_0` of ggml-common.h: a half that scales 32 signed bytes; the largest value becomes 127 or -127. */
function toQ8(floats: Float32Array): Uint8Array {
  const blocks = floats.length / Q8_BLOCK;
  const scales = new Float32Array(blocks);
  const out = new Uint8Array(blocks * (2 + Q8_BLOCK));
  for (let block = 0; block < blocks; block++) {
    const from = block * Q8_BLOCK;
    let largest = 0;
    for (let i = from; i < from + Q8_BLOCK; i++) largest = Math.max(largest, Math.abs(floats[i] as number));
    const scale = Math.fround(largest / 127);
    scales[block] = scale;
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const to = block * (2 + Q8_BLOCK) + 2;
    for (let i = 0; i < Q8_BLOCK; i++) {
      const value = Math.fround((floats[from + i] as number) * inverse);
      // As C's roundf does it: halves away from zero.
      out[to + i] = value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
    }
  }
  const halves = toF16(scales);
  for (let block = 0; block < blocks; block++) {
    const half = halves[block] as number;
    out[block * (2 + Q8_BLOCK)] = half & 255;
    out[block * (2 + Q8_BLOCK) + 1] = half >>> 8;
  }
  return out;
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
