// Tensors that end the process when llama.cpp computes with them: the loader takes any type, the processor's code aborts at those it
// has no way for (ggml-cpu/binary-ops.cpp and the like). Each case was seen to abort.
import { OslmError } from "../errors.js";
import type { GgufHeader, TensorInfo } from "./values.js";

/** Weights are floats or blocks of a quantization. Draft models and hash routing keep tables of integers, which are looked up only. */
const NO_WEIGHTS = new Set(["I8", "I16", "I32", "I64", "F64"]);
const TABLES = /(^|\.)(d2t|t2d|ffn_gate_tid2eid)(\.|$)/;

/** Throws `malformed-gguf` for the first tensor that the engine cannot compute with. */
export function checkTensors(headers: readonly GgufHeader[]): void {
  for (const { name, tensors } of headers) {
    for (const tensor of tensors) {
      const reason = wrongWith(tensor);
      if (reason !== undefined) {
        const facts = { file: name, reason: `tensor ${JSON.stringify(tensor.name)} ${reason}` };
        throw new OslmError("malformed-gguf", facts);
      }
    }
  }
}

function wrongWith({ name, type, dims }: TensorInfo): string | undefined {
  if (TABLES.test(name)) return undefined;
  if (NO_WEIGHTS.has(type)) return `has the type ${type}, which no weights have`;
  // Norms, biases and scales are added to and multiplied with F32. Every converter writes them so.
  const isVector = dims.slice(1).every((dim) => dim === 1);
  if (isVector && type !== "F32") return `is a vector of type ${type}; llama.cpp computes with vectors in F32 only`;
  return undefined;
}
