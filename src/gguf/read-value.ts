// One metadata value: kept when it is small, walked over when it is a tokenizer's.
import type { Cursor } from "./cursor.js";
import { MAX_ARRAY_LENGTH, MAX_KEPT_ARRAY, MAX_KEPT_STRING_BYTES } from "./limits.js";
import type { MetadataValue, Scalar, SkippedValue } from "./values.js";

/** `enum gguf_type` (gguf.h), by number. */
const TYPES = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "bool",
  "string",
  "array",
  "uint64",
  "int64",
  "float64",
] as const;
type FixedType = Exclude<(typeof TYPES)[number], "string" | "array">;

const FIXED: Readonly<Record<FixedType, { bytes: number; read: (cursor: Cursor) => Scalar }>> = {
  uint8: { bytes: 1, read: (cursor) => cursor.u8() },
  int8: { bytes: 1, read: (cursor) => cursor.i8() },
  uint16: { bytes: 2, read: (cursor) => cursor.u16() },
  int16: { bytes: 2, read: (cursor) => cursor.i16() },
  uint32: { bytes: 4, read: (cursor) => cursor.u32() },
  int32: { bytes: 4, read: (cursor) => cursor.i32() },
  float32: { bytes: 4, read: (cursor) => cursor.f32() },
  bool: { bytes: 1, read: (cursor) => cursor.u8() !== 0 },
  uint64: { bytes: 8, read: (cursor) => exact(cursor.u64()) },
  int64: { bytes: 8, read: (cursor) => exact(cursor.i64()) },
  float64: { bytes: 8, read: (cursor) => cursor.f64() },
};

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** What follows: its type, and for an array its length, with nothing of the content read yet. */
export interface ValueStart {
  readonly type: FixedType | "string";
  /** Undefined for a single value. */
  readonly length?: number;
}

/** The 64-bit length that stands before a string, refused above `limit` before anything is allocated for it. */
export async function readLength(cursor: Cursor, limit: number, what: string): Promise<number> {
  await cursor.need(8, what);
  const length = cursor.length();
  if (length > limit) cursor.fail(`${what} claims a length of ${length}, more than ${limit}`);
  return length;
}

export async function readString(cursor: Cursor, limit: number, what: string): Promise<string> {
  const length = await readLength(cursor, limit, what);
  await cursor.need(length, what);
  return cursor.utf8(length);
}

async function readType(cursor: Cursor, what: string): Promise<(typeof TYPES)[number]> {
  await cursor.need(4, what);
  const id = cursor.u32();
  const type = TYPES[id];
  if (type === undefined) cursor.fail(`${what} has the unknown value type ${id}`);
  return type;
}

export async function readValueStart(cursor: Cursor, what: string): Promise<ValueStart> {
  const type = await readType(cursor, what);
  if (type !== "array") return { type };
  const element = await readType(cursor, what);
  // The engine refuses them as well (gguf.cpp), and no published file has one.
  if (element === "array") cursor.fail(`${what} is an array of arrays`);
  return { type: element, length: await readLength(cursor, MAX_ARRAY_LENGTH, what) };
}

async function readStringValue(cursor: Cursor, what: string): Promise<string | SkippedValue> {
  const length = await readLength(cursor, cursor.source.size, what);
  if (length > MAX_KEPT_STRING_BYTES) {
    cursor.skip(length, what);
    return { skipped: true, type: "string", length };
  }
  await cursor.need(length, what);
  return cursor.utf8(length);
}

async function skipStrings(cursor: Cursor, count: number, what: string): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (cursor.buffered < 8) await cursor.need(8, what);
    cursor.skip(cursor.length(), what);
  }
}

async function readStrings(cursor: Cursor, count: number, what: string): Promise<string[]> {
  const values: string[] = [];
  for (let i = 0; i < count; i++) values.push(await readString(cursor, MAX_KEPT_STRING_BYTES, what));
  return values;
}

/** The value that `start` announced. `keep: false`, or more than MAX_KEPT_ARRAY elements, walks over an array. */
export async function readValue(
  cursor: Cursor,
  { type, length }: ValueStart,
  keep: boolean,
  what: string,
): Promise<MetadataValue> {
  const skip = length !== undefined && (!keep || length > MAX_KEPT_ARRAY);
  if (type === "string") {
    if (length === undefined) return readStringValue(cursor, what);
    if (!skip) return readStrings(cursor, length, what);
    await skipStrings(cursor, length, what);
    return { skipped: true, type, length };
  }
  const { bytes, read } = FIXED[type];
  if (skip) {
    cursor.skip(length * bytes, what);
    return { skipped: true, type, length };
  }
  await cursor.need((length ?? 1) * bytes, what);
  return length === undefined ? read(cursor) : Array.from({ length }, () => read(cursor));
}
