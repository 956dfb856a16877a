// The directory of a zip file, as its end has it. Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
import { OslmError } from "../../errors.js";
import type { ByteSource } from "../../gguf/source.js";
import { MAX_DIRECTORY_BYTES, MAX_ENTRIES } from "./limits.js";

const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const LONGEST_COMMENT = 65_535;
const WIDE = 0xffff_ffff;

export interface ZipEntry {
  readonly name: string;
  readonly compressed: boolean;
  /** Bytes in the file, and once inflated. */
  readonly packed: number;
  readonly size: number;
  /** Offset of its local header, and where the next thing in the file begins. */
  readonly header: number;
  readonly limit: number;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The name of an entry in a message. */
export const said = (name: string): string => JSON.stringify(name.slice(0, 120));

/** @throws OslmError malformed-checkpoint */
export function fail(file: string, reason: string): never {
  throw new OslmError("malformed-checkpoint", { file, reason });
}

interface Directory {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
}

async function findDirectory(source: ByteSource, file: string): Promise<Directory> {
  const length = Math.min(source.size, LONGEST_COMMENT + 22);
  const start = source.size - length;
  const tail = viewOf(await source.read(start, length));
  let at = tail.byteLength - 22;
  while (at >= 0 && (tail.getUint32(at, true) !== END || at + 22 + tail.getUint16(at + 20, true) !== tail.byteLength))
    at--;
  if (at < 0) fail(file, "it is no zip file, or it is cut off: its directory is missing");
  const found = {
    entries: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  const wide = found.entries === 0xffff || found.size === WIDE || found.offset === WIDE;
  if (!wide) return found;
  if (at < 20 || tail.getUint32(at - 20, true) !== LOCATOR_64) fail(file, "its directory has no place");
  const place = wideNumber(tail, at - 12, file);
  const record = viewOf(await source.read(place, 56));
  if (record.byteLength < 56 || record.getUint32(0, true) !== END_64) fail(file, "its directory has no place");
  return {
    entries: wideNumber(record, 32, file),
    size: wideNumber(record, 40, file),
    offset: wideNumber(record, 48, file),
  };
}

function wideNumber(view: DataView, at: number, file: string): number {
  if (at + 8 > view.byteLength) fail(file, "a field of its directory is cut off");
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) fail(file, "a number in its directory is larger than any file");
  return value;
}

/**
 * The entries of a zip file by name: inside the file, apart from each other, and each name stands for one of them.
 * @throws OslmError malformed-checkpoint
 */
export async function readDirectory(source: ByteSource, file: string): Promise<ReadonlyMap<string, ZipEntry>> {
  const directory = await findDirectory(source, file);
  if (directory.entries > MAX_ENTRIES)
    fail(file, `it has ${directory.entries} entries, and at most ${MAX_ENTRIES} are read`);
  if (directory.size > MAX_DIRECTORY_BYTES) fail(file, `its directory takes ${directory.size} bytes`);
  if (directory.offset + directory.size > source.size) fail(file, "its directory is outside of the file");
  const view = viewOf(await source.read(directory.offset, directory.size));
  const entries: Omit<ZipEntry, "limit">[] = [];
  let at = 0;
  for (let index = 0; index < directory.entries; index++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) fail(file, "its directory is cut off");
    const end = at + 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (end > view.byteLength) fail(file, "its directory is cut off");
    entries.push(readEntry(view, at, file));
    at = end;
  }
  return apart(entries, directory.offset, file);
}

function readEntry(view: DataView, at: number, file: string): Omit<ZipEntry, "limit"> {
  const nameLength = view.getUint16(at + 28, true);
  const name = Buffer.from(view.buffer, view.byteOffset + at + 46, nameLength).toString("utf8");
  checkName(name, file);
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if ((flags & 0x41) !== 0) fail(file, `${said(name)} is encrypted`);
  if (method !== 0 && method !== 8) fail(file, `${said(name)} is compressed by method ${method}`);
  const narrow = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  const [size, packed, header] = widen(narrow, view, at + 46 + nameLength, view.getUint16(at + 30, true), file);
  if (size === undefined || packed === undefined || header === undefined) return fail(file, "an entry has no size");
  if (method === 0 && size !== packed) fail(file, `${said(name)} is stored as it is, but has two sizes`);
  return { name, compressed: method === 8, packed, size, header };
}

/** Each of the numbers that did not fit in 32 bits, from the extra field, where they stand in this order. */
function widen(narrow: readonly number[], view: DataView, at: number, length: number, file: string): number[] {
  let field = at;
  while (field + 4 <= at + length && view.getUint16(field, true) !== 1) field += 4 + view.getUint16(field + 2, true);
  let next = field + 4;
  const end = field + 4 <= at + length ? Math.min(at + length, next + view.getUint16(field + 2, true)) : 0;
  return narrow.map((value) => {
    if (value !== WIDE) return value;
    if (next + 8 > end) fail(file, "a size in its directory is missing");
    next += 8;
    return wideNumber(view, next - 8, file);
  });
}

/** Nothing is ever unpacked to a disk; a name that would leave its folder is a sign of somebody who hopes so. */
function checkName(name: string, file: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const unsafe = name.startsWith("/") || /[\\\x00-\x1f]/.test(name) || name.split("/").includes("..");
  if (unsafe) fail(file, `the name ${said(name)} leads out of the file`);
}

/** The entries by name, each with the place where the next one begins. */
function apart(found: readonly Omit<ZipEntry, "limit">[], end: number, file: string): ReadonlyMap<string, ZipEntry> {
  const sorted = [...found].sort((one, other) => one.header - other.header);
  const entries = new Map<string, ZipEntry>();
  for (const [index, entry] of sorted.entries()) {
    const limit = sorted[index + 1]?.header ?? end;
    if (entry.header + 30 + entry.packed > limit) fail(file, `${said(entry.name)} overlaps what comes after it`);
    if (entries.has(entry.name)) fail(file, `${said(entry.name)} is there twice`);
    entries.set(entry.name, { ...entry, limit });
  }
  return entries;
}
