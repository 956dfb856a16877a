// Metadata as it stands in a file, for files that are made of it: a tokenizer's arrays are not taken apart.
import { Cursor } from "./cursor.js";
import { MAX_KEY_BYTES } from "./limits.js";
import { readMetadata } from "./metadata.js";
import { readString, readValue, readValueStart } from "./read-value.js";
import type { ByteSource } from "./source.js";

/** Key and value. */
export interface RawPair {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** Of magic, version and the two counts. */
const START = 24;

/** @throws OslmError malformed-gguf */
export async function readRawPairs(source: ByteSource, name: string): Promise<readonly RawPair[]> {
  const { metadata, cursor: checked } = await readMetadata(source, name);
  const all = await source.read(0, checked.position);
  const cursor = new Cursor(source, name);
  await cursor.need(START, "the counts");
  cursor.skip(START, "the counts");
  const pairs: RawPair[] = [];
  for (let i = 0; i < metadata.size; i++) {
    const from = cursor.position;
    const key = await readString(cursor, MAX_KEY_BYTES, "a metadata key");
    await readValue(cursor, await readValueStart(cursor, key), false, key);
    pairs.push({ key, bytes: all.subarray(from, cursor.position) });
  }
  return pairs;
}
