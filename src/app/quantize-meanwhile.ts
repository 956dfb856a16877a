// Quantizing what a converter writes, tensor by tensor: no file in between is ever on the disk.
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Encode } from "../convert/encode.js";
import { OslmError } from "../errors.js";
import { readHeader } from "../gguf/header.js";
import { readMetadata } from "../gguf/metadata.js";
import type { WrittenHeader } from "../gguf/write-header.js";
import { quoted } from "../model/quoted.js";
import { openChunkQuantizer } from "../quantize/chunk.js";
import type { FileType } from "../quantize/file-types.js";
import { planQuantize } from "../quantize/plan.js";
import { fileSource } from "../store/file-source.js";
import { needsImatrix } from "./check-quantize.js";
import { quantizerLibrary } from "./quantizer-library.js";
import type { World } from "./world.js";

export interface Meanwhile {
  readonly mixture: (header: WrittenHeader) => Promise<ReadonlyMap<string, string>>;
  readonly encode: Encode;
  close(): Promise<void>;
}

/** @throws OslmError no-quantizer, needs-imatrix */
export function quantizeMeanwhile(
  world: World,
  request: { readonly from: string; readonly type: FileType },
): Meanwhile {
  const { llama, ggml } = quantizerLibrary();
  const quantizer = openChunkQuantizer(ggml, availableParallelism());
  return {
    mixture: (header) => mixtureOf(header, request, llama, world.signal),
    encode: (type, weights, perRow, name) => quantizer.quantize({ name, type, weights, perRow }),
    close: () => quantizer.close(),
  };
}

/** llama.cpp itself says what it would make of each tensor, of a file with the same header whose data are holes. */
async function mixtureOf(
  { bytes, fileSize }: WrittenHeader,
  { from, type }: { readonly from: string; readonly type: FileType },
  library: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "oslm-plan-"));
  try {
    const input = join(folder, "hollow.gguf");
    await writeFile(input, bytes);
    await truncate(input, fileSize);
    const source = await fileSource(input);
    const header = await readHeader(source, { name: "hollow.gguf" });
    const { cursor } = await readMetadata(source, "hollow.gguf");
    const call = {
      ...{ input, output: "", fileType: type.id, threads: 1, tensorTypes: [], bufferBytes: 2 ** 29 },
      ...{ leaveOutput: false, allowRequantize: false, pure: false, dryRun: true, realign: false },
    };
    const [plan] = await planQuantize(
      { headers: [header], keysEnd: cursor.position },
      { library, calls: [call] },
      { signal },
    );
    const needing = plan && needsImatrix(plan.tensors, type);
    if (needing !== undefined) {
      const instead = `oslm convert ${quoted(from)}, and of its file   oslm quantize FILE ${type.label} --imatrix MATRIX`;
      throw new OslmError("needs-imatrix", { quant: type.label, tensor: needing.name, instead });
    }
    return new Map(plan?.result.tensors.map((tensor) => [tensor.name, tensor.type]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
