// Quantizing what a converter writes, tensor by tensor: no file in between is ever on the disk.
import { availableParallelism } from "node:os";
import type { Encode } from "../convert/encode.js";
import { OslmError } from "../errors.js";
import type { WrittenHeader } from "../gguf/write-header.js";
import { quoted } from "../model/quoted.js";
import { openChunkQuantizer } from "../quantize/chunk.js";
import type { FileType } from "../quantize/file-types.js";
import { needsImatrix } from "./check-quantize.js";
import { planHollow, typesIn } from "./plan-hollow.js";
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

async function mixtureOf(
  header: WrittenHeader,
  { from, type }: { readonly from: string; readonly type: FileType },
  library: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const [plan] = await planHollow(header, [type], library, { signal });
  const needing = plan && needsImatrix(plan.tensors, type);
  if (needing !== undefined) {
    const instead = `oslm convert ${quoted(from)}, and of its file   oslm quantize FILE ${type.label} --imatrix MATRIX`;
    throw new OslmError("needs-imatrix", { quant: type.label, tensor: needing.name, instead });
  }
  return typesIn(plan);
}
