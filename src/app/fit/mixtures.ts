// Which tensor of a quantization gets which type: llama.cpp itself says it, of a file with the same header whose data are holes. None of
// the weights is read, and no file in between is ever on the disk.
import type { Prepared, TypesOf } from "../../convert/prepare.js";
import { OslmError } from "../../errors.js";
import { readHeader } from "../../gguf/header.js";
import { hollowSource } from "../../gguf/hollow-source.js";
import { readMetadata } from "../../gguf/metadata.js";
import type { WrittenHeader } from "../../gguf/write-header.js";
import type { Asking } from "../../quantize/ask-quantizer.js";
import type { FileType } from "../../quantize/file-types.js";
import { planQuantize, type QuantizePlan } from "../../quantize/plan.js";
import { withHollowFile } from "../convert/hollow-file.js";
import { needsImatrix } from "../quantize/check-quantize.js";
import { quantizerLibrary } from "../quantize/quantizer-library.js";

/**
 * By the labels of the types.
 * @param instead what to do about a type that needs an importance matrix, where there is none
 * @param known the tensors that the matrix knows, where there is one
 * @throws OslmError no-quantizer, needs-imatrix, and as `planQuantize` does
 */
export async function mixtures(
  prepared: Prepared,
  types: readonly FileType[],
  {
    asking,
    instead,
    known,
  }: { readonly asking: Asking; readonly instead: string; readonly known?: ReadonlySet<string> },
): Promise<ReadonlyMap<string, TypesOf>> {
  const { llama } = quantizerLibrary();
  const plans = await dryRuns(prepared.file("F32").header, types, llama, asking);
  return new Map(
    types.map((type, at) => {
      const tensors = plans[at]?.tensors ?? [];
      const needing = needsImatrix(tensors, type, known);
      if (needing) throw new OslmError("needs-imatrix", { quant: type.label, tensor: needing.name, instead });
      return [type.label, new Map(tensors.map(({ name, to }) => [name, to]))];
    }),
  );
}

async function dryRuns(
  header: WrittenHeader,
  types: readonly FileType[],
  library: string,
  asking: Asking,
): Promise<readonly QuantizePlan[]> {
  const source = hollowSource(header);
  const { cursor } = await readMetadata(source, "the checkpoint");
  const first = await readHeader(source, { name: "the checkpoint" });
  return withHollowFile(header, (input) => {
    const calls = types.map(({ id }) => ({ ...CALL, input, fileType: id }));
    return planQuantize({ headers: [first], keysEnd: cursor.position }, { library, calls }, asking);
  });
}

const CALL = {
  ...{ output: "", threads: 1, tensorTypes: [], metadata: [], bufferBytes: 2 ** 20 },
  ...{ leaveOutput: false, allowRequantize: false, pure: false, dryRun: true, realign: false },
};
