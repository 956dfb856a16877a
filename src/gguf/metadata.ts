// The first half of a GGUF file's header: magic, counts, and the metadata keys.
import { Cursor } from "./cursor.js";
import { MAX_KEPT_BYTES, MAX_KEY_BYTES, MAX_KEYS, MAX_TENSORS } from "./limits.js";
import { readString, readValue, readValueStart, type ValueStart } from "./read-value.js";
import type { ByteSource } from "./source.js";
import type { GgufMetadata, MetadataValue } from "./values.js";

/** "GGUF" read as a little-endian number. */
const MAGIC = 0x46554747;
/** Key length, one byte of key, type, one byte of value. */
const SMALLEST_KEY_BYTES = 8 + 1 + 4 + 1;
/** Name length, dimension count, type, offset. */
const SMALLEST_TENSOR_BYTES = 8 + 4 + 4 + 8;

/** Decides before each value, with all earlier ones at hand, whether the rest is needed. */
export type StopBefore = (key: string, start: ValueStart, metadata: ReadonlyMap<string, MetadataValue>) => boolean;

export interface MetadataPart extends GgufMetadata {
  readonly cursor: Cursor;
  /** The value that reading stopped before. */
  readonly stoppedAt: { readonly key: string; readonly start: ValueStart } | null;
}

/** Reads the metadata; throws `malformed-gguf`. A tokenizer's arrays keep type and length only. */
export async function readMetadata(source: ByteSource, name: string, stopBefore?: StopBefore): Promise<MetadataPart> {
  const cursor = new Cursor(source, name);
  const { version, tensorCount, keyCount } = await readCounts(cursor);
  const metadata = new Map<string, MetadataValue>();
  const part = { name, fileSize: source.size, version, tensorCount, metadata, cursor };
  let kept = 0;
  for (let i = 0; i < keyCount; i++) {
    const key = await readString(cursor, MAX_KEY_BYTES, `metadata key ${i + 1} of ${keyCount}`);
    const what = `the value of ${JSON.stringify(key.slice(0, 100))}`;
    if (key === "") cursor.fail(`metadata key ${i + 1} of ${keyCount} is empty`);
    // The engine hands keys on as C strings, and asserts that none is empty.
    if (key.includes("\0")) cursor.fail(`metadata key ${i + 1} of ${keyCount} has a NUL in its name`);
    if (metadata.has(key)) cursor.fail(`the metadata key ${JSON.stringify(key.slice(0, 100))} stands there twice`);
    const start = await readValueStart(cursor, what);
    if (stopBefore?.(key, start, metadata)) return { ...part, stoppedAt: { key, start } };
    const from = cursor.position;
    const value = await readValue(cursor, start, !key.startsWith("tokenizer."), what);
    if (typeof value !== "object" || !("skipped" in value)) kept += cursor.position - from;
    if (kept > MAX_KEPT_BYTES) cursor.fail(`the metadata holds more than ${MAX_KEPT_BYTES} bytes of text`);
    metadata.set(key, value);
  }
  return { ...part, stoppedAt: null };
}

async function readCounts(cursor: Cursor): Promise<{ version: number; tensorCount: number; keyCount: number }> {
  const { size } = cursor.source;
  if (size === 0) cursor.fail("the file is empty");
  await cursor.need(Math.min(size, 24), "the first bytes");
  if (size < 4 || cursor.u32() !== MAGIC) cursor.fail(await describeStranger(cursor));
  await cursor.need(20, "the counts");
  const version = cursor.u32();
  // Version 3 of the other byte order reads as 0x03000000.
  if (version !== 0 && (version & 0xffff) === 0) {
    cursor.fail("the file is in big-endian byte order; llama.cpp reads little-endian files here");
  }
  if (version !== 2 && version !== 3) cursor.fail(`GGUF version ${version} is not supported, only 2 and 3`);
  const tensorCount = cursor.length();
  const keyCount = cursor.length();
  if (tensorCount > MAX_TENSORS || tensorCount * SMALLEST_TENSOR_BYTES > size) {
    cursor.fail(`the file claims ${tensorCount} tensors, more than ${size} bytes can describe`);
  }
  if (keyCount > MAX_KEYS || keyCount * SMALLEST_KEY_BYTES > size) {
    cursor.fail(`the file claims ${keyCount} metadata keys, more than ${size} bytes can hold`);
  }
  return { version, tensorCount, keyCount };
}

/** What stands there instead of GGUF: the usual accidents have telling first bytes. */
async function describeStranger(cursor: Cursor): Promise<string> {
  const first = await cursor.source.read(0, Math.min(cursor.source.size, 64));
  const start = new TextDecoder("latin1").decode(first);
  if (start.startsWith("version https://git-lfs")) return "the file is a Git LFS pointer, not the model itself";
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) return "the file is a web page, not a model";
  if (/^(lmgg|fmgg|tjgg|algg|nugg)/.test(start)) return "the file is of a format older than GGUF (ggml, ggjt)";
  if (start.startsWith("PK")) return "the file is a ZIP archive or a PyTorch checkpoint, not GGUF";
  return "the file does not start with GGUF";
}
