// A GGUF file of another, with its weights changed: metadata as they are, but for what the caller says anew.
import { OslmError } from "../errors.js";
import { fileTypeOfQuant } from "../gguf/file-type.js";
import { type RawPair, readRawPairs } from "../gguf/raw-pairs.js";
import type { ByteSource } from "../gguf/source.js";
import type { GgufHeader } from "../gguf/values.js";
import { type MetadataPair, writeHeader } from "../gguf/write-header.js";
import type { ConvertEvent } from "./convert.js";
import { weightsIn } from "./gguf-weights.js";
import { type PlannedTensor, typeFor } from "./plan.js";
import { type WriteOptions, writeFile } from "./write-file.js";

export interface GgufPart {
  readonly header: GgufHeader;
  readonly source: ByteSource;
}

export interface RewriteOptions extends WriteOptions {
  /** Of matrices; by default every tensor keeps its own. */
  readonly type?: string;
  readonly change: (planned: readonly PlannedTensor[]) => readonly PlannedTensor[];
  /** In place of what the file says under the same keys, and under those that begin like `without`. */
  readonly metadata: readonly MetadataPair[];
  readonly without: RegExp;
  readonly reserve: (bytes: number) => Promise<void>;
}

/** Where tensors of several files lie, and how. */
const PLACING = /^(split\.|general\.alignment$)/;

/** @param parts all files of the model in order @throws OslmError cannot-do for quantized ones, malformed-gguf, and what `reserve` throws */
export async function* mergeGguf(parts: readonly GgufPart[], options: RewriteOptions): AsyncGenerator<ConvertEvent> {
  const [first] = parts;
  if (first === undefined) throw new RangeError("no files");
  const { type } = options;
  const planned = options.change(
    parts.flatMap(({ header, source }) =>
      header.tensors.map((tensor): PlannedTensor => {
        const { name, dims } = tensor;
        const weights = weightsIn(source, header, tensor);
        return { name, dims, weights, type: type === undefined ? tensor.type : typeFor(name, dims, type) };
      }),
    ),
  );
  const said = new Set(options.metadata.map(([key]) => key));
  if (type !== undefined) said.add("general.file_type");
  const kept = (await readRawPairs(first.source, first.header.name)).filter(
    ({ key }) => !said.has(key) && !PLACING.test(key) && !options.without.test(key),
  );
  const header = writeHeader([...kept, ...options.metadata, ...typePair(type)], planned);
  await options.reserve(header.fileSize);
  const architecture = String(first.header.metadata.get("general.architecture"));
  yield { kind: "planned", architecture, tensors: planned.length, bytes: header.fileSize, leftOut: [] };
  for await (const progress of writeFile(header, planned, options)) yield { kind: "written", ...progress };
}

function typePair(type: string | undefined): readonly (MetadataPair | RawPair)[] {
  if (type === undefined) return [];
  const value = fileTypeOfQuant(type);
  if (value === undefined) throw new OslmError("usage", { problem: `no file type is named ${type}`, help: "F16" });
  return [["general.file_type", { type: "uint32", value }]];
}
