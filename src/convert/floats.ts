// Numbers of 8, 16, 32 and 64 bits into each other. Rounding is to nearest, ties to even, as in IEEE 754 and ggml.
import { OslmError } from "../errors.js";
import type { StoredType } from "./checkpoint.js";
import { fromBlocks } from "./mxfp4-blocks.js";

/** @throws OslmError unsupported-checkpoint for integers, which are no weights */
export function toFloats(type: StoredType, bytes: Uint8Array): Float32Array {
  switch (type) {
    case "F32":
      return view(Float32Array, bytes);
    case "F64":
      return Float32Array.from(view(Float64Array, bytes));
    case "F16":
      return looked(halves(), view(Uint16Array, bytes));
    case "BF16":
      return fromBf16(view(Uint16Array, bytes));
    case "F8_E4M3":
      return looked(eights("F8_E4M3"), bytes);
    case "F8_E5M2":
      return looked(eights("F8_E5M2"), bytes);
    case "MXFP4":
      return fromBlocks(bytes);
    default:
      throw new OslmError("unsupported-checkpoint", {
        what: `weights stored as ${type}`,
        known: ["F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"],
      });
  }
}

/** Past the largest half it is infinity, as the standard has it. */
export function toF16(floats: Float32Array): Uint16Array {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const out = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = halfOf(bits[i] as number);
  return out;
}

export function toBf16(floats: Float32Array): Uint16Array {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const out = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const one = bits[i] as number;
    // A NaN stays one: rounding could make it infinity.
    out[i] = (one & 0x7fffffff) > 0x7f800000 ? (one >>> 16) | 64 : (one + 0x7fff + ((one >>> 16) & 1)) >>> 16;
  }
  return out;
}

/** Every number of 16 bits in the other form of 16 bits: what most checkpoints need, without a detour. */
export function table16(from: "F16" | "BF16", to: "F16" | "BF16"): Uint16Array {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const floats = toFloats(from, new Uint8Array(all.buffer));
  return to === "F16" ? toF16(floats) : toBf16(floats);
}

/** The bytes as numbers of that type; copied only where they are not aligned. */
export function view<T extends ArrayBufferView>(
  Type: { new (buffer: ArrayBufferLike, offset: number, length: number): T; readonly BYTES_PER_ELEMENT: number },
  bytes: Uint8Array,
): T {
  const size = Type.BYTES_PER_ELEMENT;
  const own = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new Type(own.buffer, own.byteOffset, own.length / size);
}

function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const rest = bits & 0x7fffffff;
  if (rest > 0x7f800000) return sign | 0x7e00;
  // 65520 and more.
  if (rest >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 the steps are 2^-24 wide.
  if (rest < 0x38800000) {
    if (rest <= 0x33000000) return sign;
    const shift = 126 - (rest >>> 23);
    const significand = (rest & 0x7fffff) | 0x800000;
    const half = 1 << (shift - 1);
    const kept = significand >>> shift;
    const left = significand & ((1 << shift) - 1);
    return sign | (kept + (left > half || (left === half && (kept & 1) === 1) ? 1 : 0));
  }
  return sign | ((rest - 0x38000000 + 0xfff + ((rest >>> 13) & 1)) >>> 13);
}

function fromBf16(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  const outBits = new Uint32Array(out.buffer);
  for (let i = 0; i < bits.length; i++) outBits[i] = (bits[i] as number) << 16;
  return out;
}

function looked(table: Float32Array, bits: Uint16Array | Uint8Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i] as number] as number;
  return out;
}

let halfTable: Float32Array | undefined;
function halves(): Float32Array {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => numberOf(bits, 5, 10, true));
  return halfTable;
}

const eightTables = new Map<string, Float32Array>();
function eights(type: "F8_E4M3" | "F8_E5M2"): Float32Array {
  // OCP 8-bit floating point (OFP8) 1.0: E4M3 has no infinities, only the largest pattern is NaN.
  const table =
    eightTables.get(type) ??
    Float32Array.from({ length: 256 }, (_, bits) =>
      type === "F8_E5M2" ? numberOf(bits, 5, 2, true) : (bits & 127) === 127 ? Number.NaN : numberOf(bits, 4, 3, false),
    );
  eightTables.set(type, table);
  return table;
}

function numberOf(bits: number, exponentBits: number, fractionBits: number, hasInfinity: boolean): number {
  const sign = bits >>> (exponentBits + fractionBits) ? -1 : 1;
  const highest = (1 << exponentBits) - 1;
  const exponent = (bits >>> fractionBits) & highest;
  const fraction = (bits & ((1 << fractionBits) - 1)) / (1 << fractionBits);
  const bias = highest >>> 1;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  if (exponent === highest && hasInfinity) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}
