// compressed-tensors, `pack-quantized`: codes packed along the inputs of each output, with half their range added.
// Source: compressed-tensors, compressors/quantized_compressors/pack_quantized.py.
import type { Checkpoint, CheckpointTensor } from "../checkpoint.js";
import { view } from "../floats.js";
import { type Grouped, groupedRows, groupsOfSize } from "./grouped.js";
import { floatsOf, malformed, mustBe, partOf, scalesOf, wordsOf } from "./parts.js";
import type { Recent } from "./recent.js";
import { rowsTensor } from "./rows-tensor.js";

/** What follows the name of the weight. */
export const COMPRESSED_PARTS = ["packed", "scale", "shape", "zero_point", "g_idx"] as const;

/** The weight `name` that `name`_packed and its parts hold. */
export async function compressedWeight(
  checkpoint: Checkpoint,
  name: string,
  bits: number,
  recent: Recent<Grouped>,
): Promise<CheckpointTensor> {
  const packed = partOf(checkpoint, `${name}_packed`, ["I32"], 2);
  const scales = scalesOf(checkpoint, `${name}_scale`);
  const [outputs, inputs] = await shapeOf(partOf(checkpoint, `${name}_shape`, ["I64", "I32"], 1));
  const [, groups = 0] = scales.shape;
  const each = 32 / bits;
  const width = Math.ceil(inputs / each);
  if (groups === 0 || inputs % groups !== 0) malformed(scales.name, `has ${groups} groups for ${inputs} inputs`);
  mustBe(packed, [outputs, width]);
  mustBe(scales, [outputs, groups]);
  const order = checkpoint.tensors.has(`${name}_g_idx`) ? partOf(checkpoint, `${name}_g_idx`, ["I32"], 1) : undefined;
  if (order !== undefined) mustBe(order, [inputs]);
  const zero = checkpoint.tensors.has(`${name}_zero_point`)
    ? partOf(checkpoint, `${name}_zero_point`, ["I32", "I8"], 2)
    : undefined;
  if (zero !== undefined) mustBe(zero, zero.type === "I8" ? [outputs, groups] : [Math.ceil(outputs / each), groups]);
  const load = async (): Promise<Grouped> => {
    const groupOf = order === undefined ? groupsOfSize(inputs, inputs / groups) : view(Uint32Array, await order.read());
    if (order !== undefined && !groupOf.every((group) => group < groups))
      malformed(order.name, "names a group that is none");
    return {
      inputs,
      groups,
      groupOf,
      scales: await floatsOf(scales),
      zeros: await readZeros(zero, outputs, groups, bits),
      unpack: unpackRows(await wordsOf(packed), width, bits, inputs),
    };
  };
  return rowsTensor(
    name,
    [outputs, inputs],
    groupedRows(() => recent.get(name, load)),
  );
}

async function shapeOf(tensor: CheckpointTensor): Promise<readonly [outputs: number, inputs: number]> {
  mustBe(tensor, [2]);
  const bytes = await tensor.read();
  const [outputs = 0, inputs = 0] = [
    ...(tensor.type === "I64" ? view(BigInt64Array, bytes) : view(Int32Array, bytes)),
  ].map(Number);
  const usable = [outputs, inputs].every((size) => Number.isSafeInteger(size) && size > 0);
  return usable ? [outputs, inputs] : malformed(tensor.name, `is [${outputs}, ${inputs}]`);
}

/** Half the range where there are none; packed along the outputs where they are words. */
async function readZeros(
  zero: CheckpointTensor | undefined,
  outputs: number,
  groups: number,
  bits: number,
): Promise<Int16Array> {
  const half = 1 << (bits - 1);
  const zeros = new Int16Array(outputs * groups).fill(half);
  if (zero?.type === "I8") return Int16Array.from(view(Int8Array, await zero.read()), (value) => value + half);
  if (zero === undefined) return zeros;
  const words = await wordsOf(zero);
  const each = 32 / bits;
  for (let output = 0, at = 0; output < outputs; output++) {
    const [row, shift] = [Math.floor(output / each) * groups, (output % each) * bits];
    for (let group = 0; group < groups; group++, at++) {
      zeros[at] = ((words[row + group] as number) >>> shift) & ((1 << bits) - 1);
    }
  }
  return zeros;
}

function unpackRows(words: Int32Array, width: number, bits: number, inputs: number): Grouped["unpack"] {
  const each = 32 / bits;
  const mask = (1 << bits) - 1;
  return (from, to, codes) => {
    for (let output = from, at = 0; output < to; output++) {
      for (let input = 0, word = 0; input < inputs; input++, at++, word >>= bits) {
        if (input % each === 0) word = words[output * width + input / each] as number;
        codes[at] = word & mask;
      }
    }
  };
}
