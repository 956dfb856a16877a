// Is every weight a number that its type can hold? One that is not would make every answer of the model blank.
import { OslmError } from "../errors.js";
import type { StoredType } from "./checkpoint.js";
import type { Piece } from "./encode.js";
import { toFloats, view } from "./floats.js";

/** The bits, as F32 and without the sign, of the first numbers that a type rounds to infinity. */
const FIRST_BEYOND = { F32: 0x7f800000, BF16: 0x7f7f8000 } as const;
/** 65520. Blocks too keep their scales as F16, and the least of them have weights as large as their scale. */
const BEYOND_HALF = 0x477ff000;
/** 0x7f7f8000. */
const BEYOND_BF16 = 2 ** 128 - 2 ** 119;

/**
 * In one pass, without making floats of what has fewer bits: about 0.1 s for each GB.
 * @param type what they become
 * @param source what the checkpoint calls the tensor, or the first of those that it is made of
 * @throws OslmError malformed-checkpoint for what is no number, cannot-do for what the type cannot hold, with tensor and place
 */
export function checkValues(type: string, piece: Piece, source: string): void {
  const { type: from, bytes } = piece;
  const beyond = type === "F32" || type === "BF16" ? FIRST_BEYOND[type] : BEYOND_HALF;
  if (reaches(from, bytes, beyond)) throw fault(type, piece, source, beyond);
}

/** Whether the bits of a number, without its sign, come to what these are as F32. */
function reaches(from: StoredType, bytes: Uint8Array, beyond: number): boolean {
  switch (from) {
    case "F16":
      return anyFrom(16, bytes, 0x7c00);
    case "BF16":
      return anyFrom(16, bytes, Math.ceil(beyond / 2 ** 16));
    case "F8_E4M3":
      return anyFrom(8, bytes, 0x7f);
    case "F8_E5M2":
      return anyFrom(8, bytes, 0x7c);
    default: {
      const floats = toFloats(from, bytes);
      return anyFrom(32, new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength), beyond);
    }
  }
}

/**
 * Several numbers at once: what is to be found carries into the place of its sign. In integers of 32 bits and four at a time, which
 * takes less than half as long.
 */
function anyFrom(bits: 8 | 16 | 32, bytes: Uint8Array, limit: number): boolean {
  const each = { 8: 0x01010101, 16: 0x00010001, 32: 1 }[bits];
  const signs = (each * 2 ** (bits - 1)) | 0;
  const mask = (signs - each) | 0;
  const rest = (signs - each * limit) | 0;
  const words = view(Int32Array, bytes.length % 16 === 0 ? bytes : padded(bytes));
  const word = (at: number): number => ((words[at] as number) & mask) + rest;
  let found = 0;
  for (let at = 0; at < words.length; at += 4) found |= word(at) | word(at + 1) | word(at + 2) | word(at + 3);
  return (found & signs) !== 0;
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
  whole.set(bytes);
  return whole;
}

function fault(type: string, piece: Piece, source: string, beyond: number): OslmError {
  const { type: from, bytes, perRow, row, tensor } = piece;
  const floats = toFloats(from, bytes);
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const at = bits.findIndex((each) => (each & 0x7fffffff) >= beyond);
  const value = floats[at] as number;
  const place = `row ${row + Math.floor(at / perRow) + 1}, column ${(at % perRow) + 1} of ${tensor}`;
  const reason = `${JSON.stringify(source.slice(0, 200))} holds ${value} (${place})`;
  if (!(Math.abs(value) < BEYOND_BF16))
    return new OslmError("malformed-checkpoint", { file: "the checkpoint", reason });
  return new OslmError("cannot-do", {
    what: `the checkpoint does not go into ${type}`,
    reason: `The tensor ${reason}; F16 and all that is smaller end at 65504.`,
    instead: "the same command with --type BF16",
  });
}
