// The header of a safetensors file, every offset in it checked. Format: README.md of huggingface/safetensors.
import { OslmError } from "../../errors.js";
import type { ByteSource } from "../../gguf/source.js";
import type { StoredType } from "../checkpoint.js";
import { refusePointer } from "../lfs-pointer.js";
import { isObject, readJson } from "../read-json.js";
import { ELEMENT_BYTES, PUBLISHED_TYPES } from "../stored-types.js";

export interface SafetensorsEntry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** In the file. */
  readonly from: number;
  readonly to: number;
}

/** The reference implementation's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
const MAX_DIMS = 8;
/** A pointer of Git LFS is smaller. */
const POINTER_BYTES = 1024;

/** @throws OslmError malformed-checkpoint with the first thing that is wrong, unsupported-checkpoint for a type of elements */
export async function readSafetensorsHeader(source: ByteSource, file: string): Promise<readonly SafetensorsEntry[]> {
  const refuse = (reason: string): never => {
    throw new OslmError("malformed-checkpoint", { file, reason });
  };
  const first = await source.read(0, 8);
  if (first.length < 8) refuse("it ends within its first 8 bytes");
  if (source.size < POINTER_BYTES) refusePointer(file, await source.read(0, source.size));
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) refuse(`its header has ${length} bytes, more than ${MAX_HEADER_BYTES}`);
  const data = 8 + Number(length);
  if (data > source.size) refuse(`its header reaches to byte ${data} but the file has ${source.size}`);
  const header = await source.read(8, Number(length));
  if (header.length < Number(length)) refuse("it ends within its header");

  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(readJson(file, header))) {
    if (name === "__metadata__") continue;
    const what = `the tensor ${JSON.stringify(name.slice(0, 200))}`;
    if (!isObject(value)) refuse(`${what} is not described by an object`);
    const { dtype, shape, data_offsets: place } = value as Record<string, unknown>;
    if (typeof dtype !== "string") refuse(`${what} has no type`);
    if (!PUBLISHED_TYPES.includes(dtype as string)) {
      throw new OslmError("unsupported-checkpoint", {
        what: `${what}, stored as ${JSON.stringify(String(dtype).slice(0, 40))}`,
        known: PUBLISHED_TYPES,
      });
    }
    if (!isCounts(shape) || shape.length > MAX_DIMS) return refuse(`${what} has no usable shape`);
    if (!isCounts(place) || place.length !== 2) return refuse(`${what} has no usable offsets`);
    const [from = 0, to = 0] = place;
    const type = dtype as StoredType;
    const need = shape.reduce((bytes, dim) => bytes * BigInt(dim), BigInt(ELEMENT_BYTES[type]));
    if (to < from || BigInt(to - from) !== need) refuse(`${what} needs ${need} bytes, not ${from}..${to}`);
    if (data + to > source.size) refuse(`${what} needs bytes to ${data + to} but the file has ${source.size}`);
    entries.push({ name, type, shape, from: data + from, to: data + to });
  }
  checkCover(entries, data, source.size, refuse);
  return entries;
}

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);

/** The format allows neither overlaps nor holes: nothing hides in a file. */
function checkCover(
  entries: readonly SafetensorsEntry[],
  data: number,
  size: number,
  refuse: (reason: string) => never,
): void {
  let end = data;
  let before = "the header";
  for (const { name, from, to } of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const shown = JSON.stringify(name.slice(0, 200));
    if (from < end) refuse(`${before} and ${shown} overlap`);
    if (from > end) refuse(`between ${before} and ${shown} are ${from - end} bytes of no tensor`);
    end = to;
    before = shown;
  }
  if (end !== size) refuse(`after its last tensor are ${size - end} bytes more`);
}
