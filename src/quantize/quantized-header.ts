// The header of a file that llama.cpp's quantizer will write: its tensors' places and the exact size of the file.
import { tensorBytes, tensorTypeNamed } from "../gguf/tensor-types.js";
import type { GgufHeader, MetadataValue, TensorInfo } from "../gguf/values.js";
import type { Bytes } from "../model/types.js";
import type { Source } from "./plan.js";

export type AddedKey = readonly [key: string, value: string | number];
/** One file, whatever the source was. */
export type QuantizedHeader = GgufHeader;

/** The quantizer aligns by nothing else. */
const ALIGNMENT = 32;
const FILE_TYPE = "general.file_type";
/** What it sets in any case: numbers of four bytes. */
const ALWAYS = [FILE_TYPE, "general.quantization_version"];
/** What is of parts only is taken out; bytes of the values as llama.cpp's splitter writes them. */
const OF_PARTS: Readonly<Record<string, number>> = { "split.no": 2, "split.count": 2, "split.tensors.count": 4 };

/** @param types of each tensor, by its name */
export function quantizedHeader(
  { headers, keysEnd }: Source,
  types: ReadonlyMap<string, string>,
  added: readonly AddedKey[],
): QuantizedHeader {
  const [{ name, metadata }] = headers;
  const all = headers.flatMap((header) => header.tensors);
  const byName = new Map(all.map((tensor) => [tensor.name, tensor]));
  let offset = 0;
  const tensors = [...types].flatMap(([tensorName, type]): TensorInfo[] => {
    const tensor = byName.get(tensorName);
    if (tensor === undefined) return [];
    const placed = { ...tensor, type, bytes: bytesOf(tensor, type), offset };
    offset += padded(placed.bytes);
    return [placed];
  });
  const infos = all.reduce((sum, tensor) => sum + infoBytes(tensor), 0);
  const dataOffset = padded(keysEnd + changeOfKeys(metadata, added) + infos);
  const version = 3;
  return {
    ...{ name, version, metadata, tensors, dataOffset },
    tensorCount: tensors.length,
    alignment: ALIGNMENT,
    fileSize: dataOffset + offset,
  };
}

function padded(bytes: Bytes): Bytes {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function bytesOf({ dims }: TensorInfo, type: string): Bytes {
  const known = tensorTypeNamed(type);
  const bytes = known && tensorBytes(known, dims.map(BigInt));
  if (bytes === undefined) throw new RangeError(`no tensor of ${dims.join(" x ")} has the type ${type}`);
  return Number(bytes);
}

/** Dimensions of 1 at the end are not written. */
function infoBytes({ name, dims }: TensorInfo): Bytes {
  const rank = Math.max(1, dims.findLastIndex((dim) => dim !== 1) + 1);
  return 8 + Buffer.byteLength(name) + 4 + 8 * rank + 4 + 8;
}

function changeOfKeys(metadata: ReadonlyMap<string, MetadataValue>, added: readonly AddedKey[]): Bytes {
  const gone = Object.entries(OF_PARTS).filter(([key]) => metadata.has(key));
  const fresh = [...ALWAYS.map((key): AddedKey => [key, 0]), ...added];
  return (
    fresh.reduce((sum, [key, value]) => sum + keyBytes(key, value) - oldBytes(key, metadata), 0) -
    gone.reduce((sum, [key, bytes]) => sum + 8 + key.length + 4 + bytes, 0)
  );
}

function keyBytes(key: string, value: string | number): Bytes {
  return 8 + Buffer.byteLength(key) + 4 + (typeof value === "string" ? 8 + Buffer.byteLength(value) : 4);
}

function oldBytes(key: string, metadata: ReadonlyMap<string, MetadataValue>): Bytes {
  const old = metadata.get(key);
  return typeof old === "string" || typeof old === "number" ? keyBytes(key, old) : 0;
}
