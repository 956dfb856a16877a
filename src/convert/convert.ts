// A checkpoint into a GGUF file.
import { OslmError } from "../errors.js";
import { fileTypeOfQuant } from "../gguf/file-type.js";
import { type MetadataPair, type WrittenHeader, writeHeader } from "../gguf/write-header.js";
import { architectureOf } from "./architectures/all.js";
import { pairsOf } from "./architectures/architecture.js";
import { CONFIG_FILE, type Config, readConfig } from "./config.js";
import type { Folder } from "./folder.js";
import { openCheckpoint } from "./open-checkpoint.js";
import { type PlannedTensor, planTensors } from "./plan.js";
import { type WriteOptions, writeFile } from "./write-file.js";
import type { WriteProgress } from "./write-tensors.js";

export interface ConvertOptions extends WriteOptions {
  /** Of matrices, by the names of tensor types; where there is a `mixture`, the label of a file's type. */
  readonly type: string;
  /** LLAMA_FTYPE_*; default: the one of that label. */
  readonly fileType?: number;
  /** `general.*` beyond what the converter knows itself. */
  readonly general: readonly MetadataPair[];
  /** `tokenizer.*` keys of the folder's tokenizer. */
  readonly vocabulary: (folder: Folder, config: Config) => Promise<readonly MetadataPair[]>;
  /**
   * The type of each tensor, told from the header that the file would have in F16.
   * @throws OslmError what keeps the file from having it
   */
  readonly mixture?: (header: WrittenHeader) => Promise<ReadonlyMap<string, string>>;
  /** Of the planned tensors, before any is read. */
  readonly change?: (planned: readonly PlannedTensor[]) => readonly PlannedTensor[];
  /** Throws where the disk has no room for so many bytes. */
  readonly reserve?: (bytes: number) => Promise<void>;
}

export type ConvertEvent =
  | { readonly kind: "planned"; readonly architecture: string; readonly tensors: number; readonly bytes: number }
  | ({ readonly kind: "written" } & WriteProgress);

/**
 * Nothing is left of it when it fails or its signal is aborted.
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint, and what `reserve` throws
 */
export async function* convert(folder: Folder, options: ConvertOptions): AsyncGenerator<ConvertEvent> {
  const config = readConfig(await folder.read(CONFIG_FILE));
  const architecture = architectureOf(config);
  const checkpoint = await openCheckpoint(folder);
  try {
    const plain = planTensors(architecture, config, checkpoint, options.mixture ? "F16" : options.type);
    const whole = options.change?.(plain) ?? plain;
    const metadata: MetadataPair[] = [
      ["general.architecture", { type: "string", value: architecture.name }],
      ["general.type", { type: "string", value: "model" }],
      ...options.general,
      ["general.file_type", { type: "uint32", value: options.fileType ?? fileTypeOf(options.type) }],
      ["general.quantization_version", { type: "uint32", value: QUANTIZATION_VERSION }],
      ...pairsOf(architecture.name, architecture.keys(config)),
      ...(await options.vocabulary(folder, config)),
    ];
    checkVocabulary(whole, metadata);
    const types = await options.mixture?.(writeHeader(metadata, whole));
    const planned =
      types === undefined ? whole : whole.map((tensor) => ({ ...tensor, type: types.get(tensor.name) ?? tensor.type }));
    const header = writeHeader(metadata, planned);
    await options.reserve?.(header.fileSize);
    yield { kind: "planned", architecture: architecture.name, tensors: planned.length, bytes: header.fileSize };
    for await (const progress of writeFile(header, planned, options)) yield { kind: "written", ...progress };
  } finally {
    await checkpoint.close();
  }
}

/** The engine wants one row of the input's matrix for each token. */
function checkVocabulary(planned: readonly PlannedTensor[], metadata: readonly MetadataPair[]): void {
  const rows = planned.find(({ name }) => name === "token_embd.weight")?.dims[1];
  const tokens = metadata.find(([key]) => key === "tokenizer.ggml.tokens")?.[1].value;
  if (!Array.isArray(tokens) || rows === tokens.length) return;
  throw new OslmError("malformed-checkpoint", {
    file: CONFIG_FILE,
    reason: `its vocabulary comes to ${tokens.length} tokens, but the weights have rows for ${rows}`,
  });
}

/** GGML_QNT_VERSION. */
const QUANTIZATION_VERSION = 2;

function fileTypeOf(type: string): number {
  const number = fileTypeOfQuant(type);
  if (number === undefined) throw new RangeError(`no file type is named ${type}`);
  return number;
}
