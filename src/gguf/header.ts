// The whole header of a GGUF file, every offset in it checked: what must hold before a file goes to native code.
import type { Cursor } from "./cursor.js";
import { MAX_DIMS, MAX_TENSOR_NAME_BYTES } from "./limits.js";
import { readMetadata } from "./metadata.js";
import { readString } from "./read-value.js";
import type { ByteSource } from "./source.js";
import { tensorBytes, tensorType } from "./tensor-types.js";
import type { GgufHeader, GgufMetadata, TensorInfo } from "./values.js";

/** GGUF_DEFAULT_ALIGNMENT. */
const DEFAULT_ALIGNMENT = 32;

/**
 * Reads metadata and tensor list of one file (of one shard, where a model has several); throws `malformed-gguf` with
 * the first thing that is wrong. Nothing of the tensor data is read, but a tensor that reaches past the end of the file is found.
 */
export async function readHeader(source: ByteSource, { name }: { name: string }): Promise<GgufHeader> {
  const { cursor, stoppedAt: _, ...part } = await readMetadata(source, name);
  const alignment = alignmentOf(part, cursor);
  const tensors: TensorInfo[] = [];
  const names = new Set<string>();
  for (let i = 0; i < part.tensorCount; i++) {
    const tensor = await readTensor(cursor, `tensor ${i + 1} of ${part.tensorCount}`);
    if (names.has(tensor.name)) cursor.fail(`two tensors are named ${JSON.stringify(tensor.name)}`);
    names.add(tensor.name);
    tensors.push(tensor);
  }
  // A file without tensors (a vocabulary) ends unpadded.
  const dataOffset = tensors.length === 0 ? cursor.position : Math.ceil(cursor.position / alignment) * alignment;
  for (const tensor of tensors) checkPlace(tensor, dataOffset, alignment, cursor);
  checkOverlap(tensors, cursor);
  return { ...part, alignment, dataOffset, tensors };
}

function alignmentOf({ metadata }: GgufMetadata, cursor: Cursor): number {
  const alignment = metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== "number" || alignment <= 0 || !Number.isInteger(Math.log2(alignment))) {
    cursor.fail("general.alignment is not a power of two");
  }
  return alignment;
}

async function readTensor(cursor: Cursor, ordinal: string): Promise<TensorInfo> {
  const name = await readString(cursor, MAX_TENSOR_NAME_BYTES, `the name of ${ordinal}`);
  const what = `tensor ${JSON.stringify(name)}`;
  if (name === "" || name.includes("\0")) cursor.fail(`the name of ${ordinal} is empty or has a NUL in it`);
  await cursor.need(4, what);
  const rank = cursor.u32();
  if (rank > MAX_DIMS) cursor.fail(`${what} has ${rank} dimensions, more than ${MAX_DIMS}`);
  await cursor.need(rank * 8 + 12, what);
  const dims = Array.from({ length: rank }, () => cursor.u64());
  const id = cursor.u32();
  const type = tensorType(id);
  if (type === undefined) cursor.fail(`${what} has the type ${id}, which llama.cpp does not read (any more)`);
  const offset = cursor.length();
  // Each dimension below 2^53 keeps the list below exact; the product is checked against the file's size.
  if (dims.some((dim) => dim > BigInt(Number.MAX_SAFE_INTEGER))) cursor.fail(`${what} has an absurd dimension`);
  const bytes = tensorBytes(type, dims);
  if (bytes === undefined) {
    cursor.fail(`${what} has rows of ${dims[0]} elements, not a multiple of ${type.name}'s block of ${type.blockSize}`);
  }
  if (bytes > BigInt(cursor.source.size)) {
    cursor.fail(`${what} needs ${bytes} bytes but the file has ${cursor.source.size}`);
  }
  return { name, type: type.name, dims: dims.map(Number), offset, bytes: Number(bytes) };
}

function checkPlace({ name, offset, bytes }: TensorInfo, dataOffset: number, alignment: number, cursor: Cursor): void {
  const what = `tensor ${JSON.stringify(name)}`;
  if (offset % alignment !== 0) cursor.fail(`${what} is not aligned to ${alignment} bytes`);
  const from = dataOffset + offset;
  const to = from + bytes;
  if (to > cursor.source.size) {
    cursor.fail(`${what} needs bytes ${from}..${to} but the file has ${cursor.source.size}`);
  }
}

function checkOverlap(tensors: readonly TensorInfo[], cursor: Cursor): void {
  let end = 0;
  let before = "";
  for (const { name, offset, bytes } of [...tensors].sort((a, b) => a.offset - b.offset)) {
    if (offset < end) cursor.fail(`tensors ${JSON.stringify(before)} and ${JSON.stringify(name)} overlap`);
    end = offset + bytes;
    before = name;
  }
}
