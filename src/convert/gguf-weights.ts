// Tensors of a GGUF file as weights to convert.
import { OslmError } from "../errors.js";
import type { ByteSource } from "../gguf/source.js";
import type { GgufHeader, TensorInfo } from "../gguf/values.js";
import type { StoredType } from "./checkpoint.js";
import type { Weights } from "./reshape.js";
import { ELEMENT_BYTES } from "./stored-types.js";

const PLAIN: readonly string[] = ["F32", "F16", "BF16"] satisfies StoredType[];

const isPlainType = ({ type }: TensorInfo): boolean => PLAIN.includes(type);

/** @throws OslmError cannot-do for quantized ones */
export function weightsIn(source: ByteSource, { name: file, dataOffset }: GgufHeader, tensor: TensorInfo): Weights {
  const { name, dims, offset } = tensor;
  if (!isPlainType(tensor)) {
    throw new OslmError("cannot-do", {
      what: `${file} is quantized: its tensor ${name} is ${tensor.type}`,
      reason: "What is added to quantized weights would be rounded away with them.",
      instead: "the F16, BF16 or F32 file of the same model, and oslm quantize of the result",
    });
  }
  const type = tensor.type as StoredType;
  const size = ELEMENT_BYTES[type];
  const all = dims.reduce((product, dim) => product * dim, 1);
  return {
    name,
    type,
    shape: [...dims].reverse(),
    read: async (from = 0, count = all - from) => {
      const bytes = await source.read(dataOffset + offset + from * size, count * size);
      if (bytes.length === count * size) return bytes;
      throw new OslmError("malformed-gguf", { file, reason: `it ended within ${JSON.stringify(name)}` });
    },
  };
}
