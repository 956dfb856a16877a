// A checkpoint understood: what its file will say, and of which tensors it will be made. None of the weights has been read.
import { OslmError } from "../errors.js";
import { fileTypeOfQuant } from "../gguf/file-type.js";
import { tensorTypeNamed } from "../gguf/tensor-types.js";
import { type MetadataPair, type WrittenHeader, writeHeader } from "../gguf/write-header.js";
import { architectureOf } from "./architectures/all.js";
import { pairsOf } from "./architectures/architecture.js";
import { CONFIG_FILE, type Config, readConfig } from "./config.js";
import type { Folder } from "./folder.js";
import { openCheckpoint } from "./open-checkpoint.js";
import { type PlannedTensor, planTensors } from "./plan.js";
import { sizeLabel } from "./size-label.js";
import type { LeaveOut } from "./vocabulary/read-vocabulary.js";

export interface PrepareOptions {
  /** `general.*` beyond what the converter knows itself. */
  readonly general: readonly MetadataPair[];
  /** `tokenizer.*` keys of the folder's tokenizer. */
  readonly vocabulary: (folder: Folder, config: Config, leaveOut: LeaveOut) => Promise<readonly MetadataPair[]>;
  /** Of the tensors as they are planned; their types come after. */
  readonly change?: (planned: readonly PlannedTensor[]) => readonly PlannedTensor[];
}

/** Types of single tensors, by their names in the file, in place of what its own type says. */
export type TypesOf = ReadonlyMap<string, string>;

export interface Prepared {
  readonly architecture: string;
  /** What its tokenizer does to texts and the engine does not. */
  readonly leftOut: readonly string[];
  /** A file of that type, by the labels of quantizations. For types that the converter does not know it takes `types`. */
  file(type: string, types?: TypesOf): PreparedFile;
  close(): Promise<void>;
}

export interface PreparedFile {
  readonly header: WrittenHeader;
  readonly tensors: readonly PlannedTensor[];
}

/** What is unknown of architecture or vocabulary is found before a file of weights is opened. @throws as `convert` does */
export async function prepare(folder: Folder, { general, vocabulary, change }: PrepareOptions): Promise<Prepared> {
  const config = readConfig(await folder.read(CONFIG_FILE));
  const architecture = architectureOf(config);
  const keys = pairsOf(architecture.name, architecture.keys(config));
  const leftOut: string[] = [];
  const tokens = await vocabulary(folder, config, (step) => leftOut.push(step));
  const checkpoint = await openCheckpoint(folder);
  return {
    architecture: architecture.name,
    leftOut,
    file(type, types) {
      const plain = planTensors(architecture, config, checkpoint, types === undefined ? type : "F16");
      const planned = change?.(plain) ?? plain;
      const tensors = planned.map((tensor) => ({
        ...tensor,
        type: keptType(tensor.weights.type, types?.get(tensor.name) ?? tensor.type),
      }));
      const metadata: MetadataPair[] = [
        ["general.architecture", { type: "string", value: architecture.name }],
        ["general.type", { type: "string", value: "model" }],
        ...general,
        ["general.size_label", { type: "string", value: sizeLabel(tensors) }],
        ["general.file_type", { type: "uint32", value: fileTypeOf(type) }],
        ["general.quantization_version", { type: "uint32", value: QUANTIZATION_VERSION }],
        ...keys,
        ...tokens,
      ];
      checkVocabulary(tensors, metadata);
      return { header: writeHeader(metadata, tensors), tensors };
    },
    close: () => checkpoint.close(),
  };
}

/** Blocks of 4 bits stay as they are, where more bits would say the same; as F32 they are numbers that every tool reads. */
function keptType(stored: string, wanted: string): string {
  const [own, other] = [tensorTypeNamed(stored), tensorTypeNamed(wanted)];
  if (stored !== "MXFP4" || wanted === "F32" || own === undefined || other === undefined) return wanted;
  return other.bytesPerBlock / other.blockSize < own.bytesPerBlock / own.blockSize ? wanted : stored;
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
