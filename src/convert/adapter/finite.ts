// Matrices of strangers as float32, refused where they hold what is no number.
import { OslmError } from "../../errors.js";
import { computed, type Weights } from "../reshape.js";

/** Throws malformed-checkpoint when it is read. @param factor of every element */
export function finite(tensor: Weights, factor = 1): Weights {
  return computed(tensor, (value) => {
    if (Number.isFinite(value)) return value * factor;
    const name = JSON.stringify(tensor.name.slice(0, 200));
    throw new OslmError("malformed-checkpoint", {
      file: "the adapter",
      reason: `the tensor ${name} holds values that are no numbers`,
    });
  });
}
