// May a model be quantized so? What would ruin it is refused before anything is written.
import { basename } from "node:path";
import { OslmError } from "../errors.js";
import type { FileType } from "../quantize/file-types.js";
import type { QuantizePlan } from "../quantize/plan.js";
import type { QuantizeSource } from "./quantize-source.js";

interface Orders {
  readonly type: FileType;
  readonly imatrix: boolean;
  readonly allowRequantize: boolean;
  readonly command: string;
}

const WHOLE = new Set(["F32", "F16", "BF16"]);
/** tensor_requires_imatrix (src/llama-quant.cpp); Q2_K only as a part of Q2_K_S. */
const NEEDS = new Set(["IQ3_XXS", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ1_M", "IQ1_S"]);
const NEEDS_NONE = new Set(["token_embd.weight", "per_layer_token_embd.weight", "output.weight"]);

/** @throws OslmError already-quantized, needs-imatrix */
export function checkQuantize({ model }: QuantizeSource, { tensors }: QuantizePlan, orders: Orders): void {
  const changed = tensors.filter(({ from, to }) => from !== to);
  const again = changed.find(({ from }) => !WHOLE.has(from));
  if (again !== undefined && !orders.allowRequantize) {
    throw new OslmError("already-quantized", {
      file: basename(model.paths[0]),
      type: again.from,
      instead: `${orders.command} --allow-requantize   (or quantize the F16 file of the model)`,
    });
  }
  if (orders.imatrix) return;
  const needing = needsImatrix(changed, orders.type);
  if (needing === undefined) return;
  throw new OslmError("needs-imatrix", {
    quant: orders.type.label,
    tensor: needing.name,
    instead: `${orders.command} --imatrix FILE   (publishers offer one, often as imatrix.gguf), or a larger type`,
  });
}

/** The first of those tensors that is garbage without an importance matrix. */
export function needsImatrix(
  tensors: QuantizePlan["tensors"],
  { label }: FileType,
): { readonly name: string } | undefined {
  return tensors.find(
    ({ name, to }) => !NEEDS_NONE.has(name) && (NEEDS.has(to) || (label === "Q2_K_S" && to === "Q2_K")),
  );
}
