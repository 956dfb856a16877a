// Which tensor of a quantization gets which type: llama.cpp itself says it, of a file with the same header whose data are holes. None of
// the weights is read, and no file in between is ever on the disk.
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Prepared, TypesOf } from "../convert/prepare.js";
import { OslmError } from "../errors.js";
import { readHeader } from "../gguf/header.js";
import { hollowSource } from "../gguf/hollow-source.js";
import { readMetadata } from "../gguf/metadata.js";
import type { WrittenHeader } from "../gguf/write-header.js";
import type { Asking } from "../quantize/ask-quantizer.js";
import type { FileType } from "../quantize/file-types.js";
import { planQuantize, type QuantizePlan } from "../quantize/plan.js";
import { needsImatrix } from "./check-quantize.js";
import { quantizerLibrary } from "./quantizer-library.js";

/**
 * By the labels of the types.
 * @param instead what to do about a type that needs an importance matrix, where there is none
 * @throws OslmError no-quantizer, needs-imatrix, and as `planQuantize` does
 */
export async function mixtures(
  prepared: Prepared,
  types: readonly FileType[],
  { asking, instead, imatrix }: { readonly asking: Asking; readonly instead: string; readonly imatrix?: boolean },
): Promise<ReadonlyMap<string, TypesOf>> {
  const { llama } = quantizerLibrary();
  const plans = await dryRuns(prepared.file("F32").header, types, llama, asking);
  return new Map(
    types.map((type, at) => {
      const tensors = plans[at]?.tensors ?? [];
      const needing = imatrix ? undefined : needsImatrix(tensors, type);
      if (needing) throw new OslmError("needs-imatrix", { quant: type.label, tensor: needing.name, instead });
      return [type.label, new Map(tensors.map(({ name, to }) => [name, to]))];
    }),
  );
}

/** The library reads files only: a hollow one takes no more room than its header. */
async function dryRuns(
  header: WrittenHeader,
  types: readonly FileType[],
  library: string,
  asking: Asking,
): Promise<readonly QuantizePlan[]> {
  const folder = await mkdtemp(join(tmpdir(), "oslm-plan-"));
  try {
    const input = join(folder, "hollow.gguf");
    const file = await open(input, "wx", 0o600);
    try {
      await file.writeFile(header.bytes);
      await file.truncate(header.fileSize);
    } finally {
      await file.close();
    }
    const source = hollowSource(header);
    const { cursor } = await readMetadata(source, "the checkpoint");
    const first = await readHeader(source, { name: "the checkpoint" });
    const calls = types.map(({ id }) => ({ ...CALL, input, fileType: id }));
    return await planQuantize({ headers: [first], keysEnd: cursor.position }, { library, calls }, asking);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const CALL = {
  ...{ output: "", threads: 1, tensorTypes: [], bufferBytes: 2 ** 20 },
  ...{ leaveOutput: false, allowRequantize: false, pure: false, dryRun: true, realign: false },
};
