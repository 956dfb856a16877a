// The types that single tensors can be given.
import { tensorTypeNamed } from "../gguf/tensor-types.js";

/** Intermediates of computing, and integers. */
const NONE_OF_WEIGHTS = new Set(["Q8_1", "Q8_K", "I8", "I16", "I32", "I64", "F64"]);

/** The number of a type that weights can have, by its name in any case; undefined for other words. */
export function weightType(name: string): number | undefined {
  const upper = name.toUpperCase();
  return NONE_OF_WEIGHTS.has(upper) ? undefined : tensorTypeNamed(upper)?.id;
}
