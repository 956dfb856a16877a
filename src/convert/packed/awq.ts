// AWQ in the layout of its GEMM kernel: 4-bit codes packed along the outputs, eight in a word in an order of their own.
// Source: AutoAWQ, awq/modules/linear/gemm.py (from_linear) and awq/utils/packing_utils.py.
import type { Checkpoint, CheckpointTensor } from "../checkpoint.js";
import { type Grouped, groupedRows, groupsOfSize } from "./grouped.js";
import { floatsOf, malformed, mustBe, partOf, scalesOf, turned, wordsOf } from "./parts.js";
import type { Recent } from "./recent.js";
import { rowsTensor } from "./rows-tensor.js";

export const AWQ_PARTS = ["qweight", "qzeros", "scales"] as const;

/** The four bits of a word where the output of this number in its eight is: outputs stand in the order 0 2 4 6 1 3 5 7. */
const SHIFTS = [0, 16, 4, 20, 8, 24, 12, 28];

/** The weight [outputs, inputs] that `base`.qweight and its parts hold. */
export function awqWeight(checkpoint: Checkpoint, base: string, recent: Recent<Grouped>): CheckpointTensor {
  const packed = partOf(checkpoint, `${base}.qweight`, ["I32"], 2);
  const scales = scalesOf(checkpoint, `${base}.scales`);
  const zeros = partOf(checkpoint, `${base}.qzeros`, ["I32"], 2);
  const [groups = 0, outputs = 0] = scales.shape;
  const [inputs = 0] = packed.shape;
  if (inputs === 0 || outputs === 0 || outputs % 8 !== 0 || groups === 0 || inputs % groups !== 0) {
    malformed(packed.name, "has no usable shape");
  }
  mustBe(packed, [inputs, outputs / 8]);
  mustBe(zeros, [groups, outputs / 8]);
  const load = async (): Promise<Grouped> => {
    const [words, floats, packedZeros] = [await wordsOf(packed), await floatsOf(scales), await wordsOf(zeros)];
    const unpackedZeros = new Uint8Array(groups * outputs);
    unpackColumns(packedZeros, groups, outputs)(0, outputs, unpackedZeros);
    return {
      inputs,
      groups,
      groupOf: groupsOfSize(inputs, inputs / groups),
      scales: turned(floats, groups, outputs),
      zeros: Int16Array.from(unpackedZeros),
      unpack: unpackColumns(words, inputs, outputs),
    };
  };
  const name = `${base}.weight`;
  return rowsTensor(
    name,
    [outputs, inputs],
    groupedRows(() => recent.get(name, load)),
  );
}

/** Codes of outputs, those of all rows for each: the packed matrix turned. */
function unpackColumns(words: Int32Array, rows: number, outputs: number): Grouped["unpack"] {
  const columns = outputs / 8;
  return (from, to, codes) => {
    for (let row = 0; row < rows; row++) {
      for (let output = from, at = row; output < to; output++, at += rows) {
        codes[at] = ((words[row * columns + (output >>> 3)] as number) >>> (SHIFTS[output & 7] as number)) & 15;
      }
    }
  };
}
