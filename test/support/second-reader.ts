// A GGUF file as our reader sees it and as Hugging Face's does, which shares nothing with it.
import { GGMLQuantizationType, GGUFValueType, gguf } from "@huggingface/gguf";
import { readHeader } from "../../src/gguf/header.js";
import { isSkipped, type MetadataValue } from "../../src/gguf/values.js";
import { fileSource } from "../../src/store/file-source.js";

interface View {
  readonly version: number;
  readonly dataOffset: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: readonly { name: string; type: string; dims: readonly number[]; offset: number }[];
}

/** Two views of the same file, to be compared whole. Of values that our reader walks over both keep type and length. */
export async function readTwice(path: string): Promise<{ readonly ours: View; readonly theirs: View }> {
  const { version, dataOffset, metadata, tensors } = await readHeader(await fileSource(path), { name: path });
  const ours = {
    ...{ version, dataOffset, metadata: Object.fromEntries(metadata) },
    tensors: tensors.map(({ name, type, dims, offset }) => ({ name, type, dims, offset })),
  };
  return { ours, theirs: await theirView(path, metadata) };
}

async function theirView(path: string, ours: ReadonlyMap<string, MetadataValue>): Promise<View> {
  const read = await gguf(path, { allowLocalFile: true, typedMetadata: true });
  // What stands in the file before the first key, under names of the package's own.
  const { version, tensor_count: _, kv_count: __, ...pairs } = read.typedMetadata;
  return {
    version: Number(version.value),
    dataOffset: Number(read.tensorDataOffset),
    metadata: Object.fromEntries(
      Object.entries(pairs as Readonly<Record<string, Typed>>).map(([key, typed]) => [
        key,
        isSkipped(ours.get(key)) ? walkedOver(typed) : plain(typed.value),
      ]),
    ),
    tensors: read.tensorInfos.map(({ name, dtype, shape, offset }) => ({
      ...{ name, type: String(GGMLQuantizationType[dtype]) },
      ...{ dims: shape.map(Number), offset: Number(offset) },
    })),
  };
}

interface Typed {
  readonly value: unknown;
  readonly type: GGUFValueType;
  readonly subType?: GGUFValueType;
}

function walkedOver({ value, type, subType = type }: Typed): object {
  const length = Array.isArray(value) ? value.length : Buffer.byteLength(String(value));
  return { skipped: true, type: GGUFValueType[subType].toLowerCase(), length };
}

/** Both give the integers of 64 bits as they like. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
