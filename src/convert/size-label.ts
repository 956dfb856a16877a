// How large a model is, in the words of its name: `7.2B`, or `8x7B` of a mixture of experts.
import { elementsOf } from "./stored-types.js";

const UNITS = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
] as const;

/**
 * `general.size_label`. Source: gguf-py, utility.py (size_label) and gguf_writer.py (get_total_parameter_count).
 * @param tensors of the file; `dims` the row first
 */
export function sizeLabel(tensors: readonly { readonly name: string; readonly dims: readonly number[] }[]): string {
  let shared = 0;
  let ofOne = 0;
  const stacks: number[] = [];
  for (const { name, dims } of tensors) {
    const size = elementsOf(dims);
    const experts = name.includes("_exps.") ? dims[name.includes(".bias") ? 1 : 2] : undefined;
    if (experts === undefined) shared += size;
    else {
      ofOne += Math.floor(size / experts);
      stacks.push(experts);
    }
  }
  if (stacks.length === 0) return rounded(shared);
  const experts = Math.floor(stacks.reduce((sum, count) => sum + count, 0) / stacks.length);
  return `${experts}x${rounded(shared + ofOne)}`;
}

/** At least two digits. */
function rounded(count: number): string {
  const [unit, letter] = UNITS.find(([size]) => count > size) ?? [1e3, "K"];
  const scaled = count / unit;
  const whole = Math.round(scaled);
  const digits = whole === 0 ? 0 : String(whole).length;
  return `${scaled.toFixed(Math.max(0, 2 - digits))}${letter}`;
}
