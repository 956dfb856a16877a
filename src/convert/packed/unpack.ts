// A checkpoint of packed weights as one of plain floats, under the names that an unpacked one has.
import { OslmError } from "../../errors.js";
import type { Checkpoint, CheckpointTensor } from "../checkpoint.js";
import { AWQ_PARTS, awqWeight } from "./awq.js";
import { COMPRESSED_PARTS, compressedWeight } from "./compressed.js";
import { GPTQ_PARTS, gptqWeight } from "./gptq.js";
import type { Grouped } from "./grouped.js";
import { MXFP4_PARTS, mxfp4Weight } from "./mxfp4.js";
import { malformed } from "./parts.js";
import type { Quantization } from "./quantization.js";
import { Recent } from "./recent.js";
import { CODES, scaledWeight } from "./scaled.js";

/** Packed parts that are kept in memory, since pieces of a tensor are read one after another: those of two tensors. */
const KEPT = 2;
/** Scales of activations and of what the model keeps of a text: no weights. */
const NOT_WEIGHTS =
  /[._](input_scale(_ub)?|activation_scale|output_scale|[qkv]_scale|input_zero_point|output_zero_point)$/;
/** What tells of packed weights where the checkpoint does not say how. */
const PACKED = /\.qweight$|\.weight_packed$|_blocks$|\.quant_state\.|\.SCB$|\.q_weight$/;

/**
 * Tensors that are not packed stay as they are. Packed ones are computed by rows when they are read, as F32: at most two
 * tensors' packed parts are in memory. Nothing of the weights is read by this call.
 * @param quantization undefined where the checkpoint does not say that its weights are packed
 * @throws OslmError malformed-checkpoint where parts are missing or do not fit each other; unsupported-checkpoint
 */
export async function unpack(checkpoint: Checkpoint, quantization: Quantization | undefined): Promise<Checkpoint> {
  const tensors = new Map(checkpoint.tensors);
  const replace = (weight: CheckpointTensor, parts: readonly string[]): void => {
    for (const part of parts) tensors.delete(part);
    if (tensors.has(weight.name)) malformed(weight.name, "is there plain as well");
    tensors.set(weight.name, weight);
  };
  const bases = (ending: string): string[] =>
    [...checkpoint.tensors.keys()].filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  const named = (base: string, between: string, parts: readonly string[]) =>
    parts.map((part) => `${base}${between}${part}`);
  const grouped = new Recent<Grouped>(KEPT);
  const floats = new Recent<Float32Array>(KEPT * 2);
  switch (quantization?.method) {
    case undefined:
      refusePacked(checkpoint);
      break;
    case "gptq":
      for (const base of bases(".qweight"))
        replace(gptqWeight(checkpoint, base, quantization, grouped), named(base, ".", GPTQ_PARTS));
      break;
    case "awq":
      for (const base of bases(".qweight")) replace(awqWeight(checkpoint, base, grouped), named(base, ".", AWQ_PARTS));
      break;
    case "compressed":
      for (const base of bases("_packed")) {
        replace(
          await compressedWeight(checkpoint, base, quantization.bits, grouped),
          named(base, "_", COMPRESSED_PARTS),
        );
      }
      break;
    case "mxfp4":
      for (const base of bases("_blocks"))
        replace(mxfp4Weight(checkpoint, base, floats), named(base, "_", MXFP4_PARTS));
      break;
    case "scaled":
      for (const weight of checkpoint.tensors.values()) {
        const scale =
          checkpoint.tensors.get(`${weight.name}_scale_inv`) ?? checkpoint.tensors.get(`${weight.name}_scale`);
        if (scale === undefined) continue;
        const plain = scaledWeight(checkpoint, weight, scale, floats, quantization.block);
        replace(plain, [weight.name, scale.name, `${weight.name}_zero_point`]);
      }
      refuseUnscaled(tensors.values());
  }
  if (quantization !== undefined) for (const name of tensors.keys()) if (NOT_WEIGHTS.test(name)) tensors.delete(name);
  return { tensors, close: () => checkpoint.close() };
}

/** Codes alone are other numbers than the weights, and look like some. */
function refuseUnscaled(tensors: Iterable<CheckpointTensor>): void {
  for (const { name, type } of tensors) {
    if (CODES.includes(type) && !NOT_WEIGHTS.test(name)) malformed(name, `holds ${type}, and its scales are missing`);
  }
}

function refusePacked({ tensors }: Checkpoint): void {
  const name = [...tensors.keys()].find((each) => PACKED.test(each));
  if (name === undefined) return;
  throw new OslmError("unsupported-checkpoint", {
    what: `packed weights of which config.json does not say how, as ${JSON.stringify(name.slice(0, 200))}`,
    known: [],
  });
}
