// What llama.cpp itself would make of each tensor of a file that is not there yet: it is shown one with the same header, whose data are
// holes, which takes no room.
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHeader } from "../gguf/header.js";
import { readMetadata } from "../gguf/metadata.js";
import type { WrittenHeader } from "../gguf/write-header.js";
import type { Asking } from "../quantize/ask-quantizer.js";
import type { FileType } from "../quantize/file-types.js";
import { planQuantize, type QuantizePlan } from "../quantize/plan.js";
import { fileSource } from "../store/file-source.js";

const NAME = "hollow.gguf";

/** A plan for each type, in their order. @param library path of libllama @throws OslmError as `planQuantize` does */
export async function planHollow(
  { bytes, fileSize }: WrittenHeader,
  types: readonly FileType[],
  library: string,
  asking: Asking,
): Promise<readonly QuantizePlan[]> {
  const folder = await mkdtemp(join(tmpdir(), "oslm-plan-"));
  try {
    const input = join(folder, NAME);
    await writeFile(input, bytes);
    await truncate(input, fileSize);
    const source = await fileSource(input);
    const header = await readHeader(source, { name: NAME });
    const { cursor } = await readMetadata(source, NAME);
    const calls = types.map(({ id }) => ({
      ...{ input, output: "", fileType: id, threads: 1, tensorTypes: [], bufferBytes: 2 ** 29 },
      ...{ leaveOutput: false, allowRequantize: false, pure: false, dryRun: true, realign: false },
    }));
    return await planQuantize({ headers: [header], keysEnd: cursor.position }, { library, calls }, asking);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** By the names of tensors. */
export function typesIn(plan: QuantizePlan | undefined): ReadonlyMap<string, string> {
  return new Map(plan?.result.tensors.map(({ name, type }) => [name, type]));
}
