// Weights as small codes, with a scale and a zero point for each group of inputs: weight = scale x (code - zero point).
import type { ComputeRows } from "./rows-tensor.js";

export interface Grouped {
  readonly inputs: number;
  /** For each output, one after another. */
  readonly groups: number;
  /** The group of each input. */
  readonly groupOf: Uint32Array;
  /** Of each output's groups. */
  readonly scales: Float32Array;
  readonly zeros: Int16Array;
  /** Writes the codes of outputs, from one up to another: those of all inputs for each. */
  readonly unpack: (from: number, to: number, codes: Uint8Array) => void;
}

/** Outputs that are unpacked at once: words that are next to each other hold outputs that are next to each other. */
const TILE = 16;

/** Rows of floats, one for each output. The product is exact before it is rounded to a float once. */
export function groupedRows(load: () => Promise<Grouped>): ComputeRows {
  return async (from, to) => {
    const grouped = await load();
    const { inputs } = grouped;
    const out = new Float32Array((to - from) * inputs);
    const codes = new Uint8Array(Math.min(TILE, to - from) * inputs);
    for (let row = from; row < to; row += TILE) {
      const end = Math.min(row + TILE, to);
      grouped.unpack(row, end, codes);
      scale(grouped, row, codes, out.subarray((row - from) * inputs, (end - from) * inputs));
    }
    return out;
  };
}

function scale({ inputs, groups, groupOf, scales, zeros }: Grouped, row: number, codes: Uint8Array, out: Float32Array) {
  for (let start = 0, base = row * groups; start < out.length; start += inputs, base += groups) {
    for (let input = 0; input < inputs; ) {
      const group = groupOf[input] as number;
      const factor = scales[base + group] as number;
      const zero = zeros[base + group] as number;
      // Neighbors are of one group, unless inputs were reordered.
      for (; input < inputs && groupOf[input] === group; input++) {
        out[start + input] = factor * ((codes[start + input] as number) - zero);
      }
    }
  }
}

/** Groups of so many inputs each, in order. */
export const groupsOfSize = (inputs: number, size: number): Uint32Array =>
  Uint32Array.from({ length: inputs }, (_, input) => Math.floor(input / size));
