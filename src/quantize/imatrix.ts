// An importance matrix: how much each column of each weight mattered on some text, which lets small types round well where it counts.
import { OslmError } from "../errors.js";
import { readHeader } from "../gguf/header.js";
import type { ByteSource } from "../gguf/source.js";
import type { GgufHeader, TensorInfo } from "../gguf/values.js";
import type { MetadataPair } from "../gguf/write-header.js";

export interface Imatrix {
  /** The file's name. */
  readonly file: string;
  readonly entries: readonly { readonly name: string; readonly values: Float32Array }[];
  /** The text it was computed on, as the file calls it. */
  readonly dataset?: string;
  /** Pieces of that text. */
  readonly chunks: number;
}

/** Real ones have 200 entries to some ten thousand. */
const MAX_ENTRIES = 131_072;
const MAX_NAME_BYTES = 1024;
/** The largest mixtures of experts come to about 1 GB. */
const MAX_BYTES = 4 * 2 ** 30;
const SUMS = ".in_sum2";
const COUNTS = ".counts";

/**
 * Reads either of llama.cpp's two formats: GGUF with sums of squares and counts, and the one before it (common/imatrix-loader.cpp).
 * @throws OslmError bad-imatrix
 */
export async function readImatrix(source: ByteSource, file: string): Promise<Imatrix> {
  const fail = (reason: string): never => {
    throw new OslmError("bad-imatrix", { file, reason });
  };
  if (source.size > MAX_BYTES) fail(`it has ${source.size} bytes, more than any is known to have`);
  const start = await source.read(0, 4);
  const read = new TextDecoder().decode(start) === "GGUF" ? readGguf : readLegacy;
  const matrix = await read(source, file, fail);
  if (matrix.entries.length === 0) fail("it has no entries");
  for (const { name, values } of matrix.entries) {
    if (!values.every(Number.isFinite)) fail(`the entry ${JSON.stringify(name)} holds what is no number`);
  }
  return matrix;
}

/**
 * Of a matrix for a model of other sizes.
 * @param tensors of the file that is to be made; `dims` the row first
 * @throws OslmError bad-imatrix
 */
export function checkImatrix(
  { file, entries }: Imatrix,
  tensors: readonly { readonly name: string; readonly dims: readonly number[] }[],
): void {
  const wanted = new Map(tensors.map(({ name, dims: [columns = 1, , matrices = 1] }) => [name, columns * matrices]));
  for (const { name, values } of entries) {
    const need = wanted.get(name) ?? values.length;
    if (need === values.length) continue;
    const reason = `it is of another model: for ${name} it has ${values.length} columns, and the tensor ${need}`;
    throw new OslmError("bad-imatrix", { file, reason });
  }
  if (entries.some(({ name }) => wanted.has(name))) return;
  throw new OslmError("bad-imatrix", { file, reason: "it is of another model: it knows none of the tensors" });
}

/** What the quantized file's metadata says of it; the keys of llama.cpp's own tool. */
export function importanceKeys({ file, dataset, entries, chunks }: Imatrix): (readonly [string, string | number])[] {
  return [
    ["quantize.imatrix.file", shortened(file)],
    ...(dataset === undefined ? [] : [["quantize.imatrix.dataset", shortened(dataset)] as const]),
    ["quantize.imatrix.entries_count", entries.length],
    ...(chunks > 0 ? [["quantize.imatrix.chunks_count", chunks] as const] : []),
  ];
}

/** The same for a file that we write ourselves. */
export const importancePairs = (matrix: Imatrix): readonly MetadataPair[] =>
  importanceKeys(matrix).map(([key, value]) => [key, { type: typeof value === "number" ? "uint32" : "string", value }]);

/** The interface takes 127 bytes; no character is cut. */
function shortened(text: string): string {
  const bytes = new Uint8Array(127);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written));
}

type Fail = (reason: string) => never;

async function readGguf(source: ByteSource, file: string, fail: Fail): Promise<Imatrix> {
  const header = await readHeader(source, { name: file }).catch((error: unknown) => {
    throw error instanceof OslmError && error.code === "malformed-gguf"
      ? new OslmError("bad-imatrix", { file, reason: String((error.facts as { reason: string }).reason) })
      : error;
  });
  const keys = ["datasets", "chunk_count", "chunk_size"].map((key) => header.metadata.get(`imatrix.${key}`));
  const [datasets, chunks] = keys;
  if (keys.includes(undefined)) fail("it is GGUF, but has none of the keys of an importance matrix");
  const byName = new Map(header.tensors.map((tensor) => [tensor.name, tensor]));
  const entries: Imatrix["entries"][number][] = [];
  for (const sums of header.tensors.filter(({ name }) => name.endsWith(SUMS))) {
    const name = sums.name.slice(0, -SUMS.length);
    const counts = byName.get(name + COUNTS) ?? fail(`the entry ${JSON.stringify(name)} has no counts`);
    if (sums.type !== "F32" || counts.type !== "F32") fail(`the entry ${JSON.stringify(name)} is not of F32`);
    const values = await floatsOf(source, header, sums);
    scale(values, await floatsOf(source, header, counts), () =>
      fail(`the entry ${JSON.stringify(name)} has odd counts`),
    );
    entries.push({ name, values });
  }
  const [dataset] = Array.isArray(datasets) ? datasets : [];
  return {
    file,
    entries,
    ...(typeof dataset === "string" && { dataset }),
    chunks: typeof chunks === "number" ? chunks : 0,
  };
}

async function floatsOf(source: ByteSource, { dataOffset }: GgufHeader, { offset, bytes }: TensorInfo) {
  return floats(await source.read(dataOffset + offset, bytes));
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** Means in place of sums, for each expert; one that never was asked counts all columns alike. */
function scale(values: Float32Array, counts: Float32Array, fail: () => never): void {
  const each = values.length / counts.length;
  if (!Number.isInteger(each)) fail();
  for (const [expert, raw] of counts.entries()) {
    const count = Math.round(raw);
    for (let at = expert * each; at < (expert + 1) * each; at++) {
      values[at] = count > 0 ? (values[at] ?? 0) / count : 1;
    }
  }
}

async function readLegacy(source: ByteSource, file: string, fail: Fail): Promise<Imatrix> {
  let place = 0;
  const take = async (length: number): Promise<Uint8Array> => {
    const bytes = length < 0 || place + length > source.size ? undefined : await source.read(place, length);
    place += length;
    return bytes?.length === length ? bytes : fail("it ends in the middle of an entry, or is no importance matrix");
  };
  const integer = async (): Promise<number> => {
    const bytes = await take(4);
    return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  };
  const text = async (): Promise<string> => {
    const length = await integer();
    if (length > MAX_NAME_BYTES) fail("it is no importance matrix: a name in it would be too long");
    return new TextDecoder().decode(await take(length)).replace(/\0.*$/s, "");
  };
  const count = await integer();
  if (count < 1 || count > MAX_ENTRIES) fail("it is no importance matrix");
  const entries: Imatrix["entries"][number][] = [];
  for (let index = 0; index < count; index++) {
    const name = await text();
    const calls = await integer();
    const length = await integer();
    if (length < 1) fail(`the entry ${JSON.stringify(name)} is empty`);
    const values = floats(await take(length * 4));
    if (calls > 0) for (const [at, value] of values.entries()) values[at] = value / calls;
    entries.push({ name, values });
  }
  if (place === source.size) return { file, entries, chunks: 0 };
  const chunks = await integer();
  const dataset = place < source.size ? await text() : "";
  return { file, entries, chunks, ...(dataset !== "" && { dataset }) };
}
