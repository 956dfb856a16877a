// May a model be quantized so? What would ruin it is refused before anything is written.
import { basename } from "node:path";
import { OslmError } from "../../errors.js";
import type { FileType } from "../../quantize/file-types.js";
import type { QuantizePlan } from "../../quantize/plan.js";
import type { QuantizeSource } from "./quantize-source.js";

interface Orders {
  readonly type: FileType;
  /** The tensors that the importance matrix knows. */
  readonly known: ReadonlySet<string>;
  readonly allowRequantize: boolean;
  readonly command: string;
}

const WHOLE = new Set(["F32", "F16", "BF16"]);
/** tensor_requires_imatrix (src/llama-quant.cpp); Q2_K only as a part of Q2_K_S. */
const NEEDS = new Set(["IQ3_XXS", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ1_M", "IQ1_S"]);
/** These do well without, and few matrices know them... */
const NEEDS_NONE = new Set(["token_embd.weight", "per_layer_token_embd.weight", "output.weight"]);
/** ...but ggml_quantize_requires_imatrix (ggml.c) ends the process for these types, whatever the tensor. */
const ALWAYS = new Set(["IQ2_XXS", "IQ2_XS", "IQ1_S"]);

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
  const needing = needsImatrix(changed, orders.type, orders.known);
  if (needing === undefined) return;
  const { name, to } = needing;
  throw new OslmError("needs-imatrix", {
    quant: NEEDS_NONE.has(name) ? to : orders.type.label,
    tensor: name,
    instead: `${orders.command} --imatrix FILE   (one that knows it; publishers offer some, often as imatrix.gguf), or a larger type`,
  });
}

/** The first of those tensors that is garbage without an importance matrix. @param known what the matrix knows, if there is one */
export function needsImatrix(
  tensors: QuantizePlan["tensors"],
  { label }: FileType,
  known: ReadonlySet<string> = new Set(),
): { readonly name: string; readonly to: string } | undefined {
  return tensors.find(({ name, to }) => {
    if (known.has(name)) return false;
    if (NEEDS_NONE.has(name)) return ALWAYS.has(to);
    return NEEDS.has(to) || (label === "Q2_K_S" && to === "Q2_K");
  });
}

/** Of the tensors that become blocks and may gain by an importance matrix: how many there are, and how many it knows. */
export function coverageOf({ tensors }: QuantizePlan, known: ReadonlySet<string>): { known: number; of: number } {
  const gaining = tensors.filter(({ name, from, to }) => from !== to && !WHOLE.has(to) && !NEEDS_NONE.has(name));
  return { known: gaining.filter(({ name }) => known.has(name)).length, of: gaining.length };
}
