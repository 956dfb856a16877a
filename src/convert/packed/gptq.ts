// GPTQ as AutoGPTQ and GPTQModel store it: codes packed along the inputs into words of 32 bits, zero points along the outputs.
// Source: AutoGPTQ, nn_modules/qlinear/qlinear_cuda_old.py (pack and forward); GPTQModel's `gptq_v2`, which leaves out the 1 that
// the first format takes from each zero point.
import type { Checkpoint, CheckpointTensor } from "../checkpoint.js";
import { view } from "../floats.js";
import { type Grouped, groupedRows, groupsOfSize } from "./grouped.js";
import { floatsOf, malformed, mustBe, partOf, scalesOf, turned, wordsOf } from "./parts.js";
import type { Recent } from "./recent.js";
import { rowsTensor } from "./rows-tensor.js";

export interface GptqFormat {
  /** What is added to each stored zero point: 1, or 0 in `gptq_v2`. */
  readonly zeroOffset: 0 | 1;
  /** Inputs were reordered: their groups have to be stored. */
  readonly reordered: boolean;
  /** Inputs in a group; the last may have fewer. Undefined: as many in each. */
  readonly groupSize: number | undefined;
}

/** The parts of a weight of GPTQ, by what follows its name. */
export const GPTQ_PARTS = ["qweight", "qzeros", "scales", "g_idx"] as const;

const BITS = [2, 3, 4, 8];

/** The weight [outputs, inputs] that `base`.qweight and its parts hold. Its bits follow from the shapes: they may differ by layer. */
export function gptqWeight(
  checkpoint: Checkpoint,
  base: string,
  format: GptqFormat,
  recent: Recent<Grouped>,
): CheckpointTensor {
  const packed = partOf(checkpoint, `${base}.qweight`, ["I32"], 2);
  const scales = scalesOf(checkpoint, `${base}.scales`);
  const zeros = partOf(checkpoint, `${base}.qzeros`, ["I32"], 2);
  const [groups = 0, outputs = 0] = scales.shape;
  const bits = ((zeros.shape[1] ?? 0) * 32) / outputs;
  const inputs = ((packed.shape[0] ?? 0) * 32) / bits;
  if (!BITS.includes(bits)) malformed(zeros.name, `has the shape [${zeros.shape.join(", ")}] beside ${outputs} scales`);
  if (!Number.isInteger(inputs) || inputs === 0 || groups === 0 || groups > inputs)
    malformed(packed.name, "has no usable shape");
  mustBe(packed, [(inputs * bits) / 32, outputs]);
  mustBe(zeros, [groups, (outputs * bits) / 32]);
  const order = checkpoint.tensors.has(`${base}.g_idx`) ? partOf(checkpoint, `${base}.g_idx`, ["I32"], 1) : undefined;
  if (order !== undefined) mustBe(order, [inputs]);
  else if (format.reordered) malformed(`${base}.g_idx`, "is missing");
  const size = format.groupSize ?? inputs / groups;
  if (order === undefined && Math.ceil(inputs / size) !== groups)
    malformed(scales.name, `has ${groups} groups of ${size} inputs for ${inputs}`);
  const load = async (): Promise<Grouped> => {
    const [words, floats, packedZeros] = [await wordsOf(packed), await floatsOf(scales), await wordsOf(zeros)];
    return {
      inputs,
      groups,
      groupOf: order === undefined ? groupsOfSize(inputs, size) : await readOrder(order, groups),
      scales: turned(floats, groups, outputs),
      zeros: turned(unpackZeros(packedZeros, bits, groups * outputs, format.zeroOffset), groups, outputs),
      unpack: bits === 3 ? unpackThirds(words, inputs, outputs) : unpackWhole(words, bits, inputs, outputs),
    };
  };
  const name = `${base}.weight`;
  return rowsTensor(
    name,
    [outputs, inputs],
    groupedRows(() => recent.get(name, load)),
  );
}

async function readOrder(order: CheckpointTensor, groups: number): Promise<Uint32Array> {
  const groupOf = view(Uint32Array, await order.read());
  return groupOf.every((group) => group < groups)
    ? groupOf
    : malformed(order.name, `names a group that is none of ${groups}`);
}

/** Zero points are packed along the outputs, whose number is a multiple of a word's codes: one stream of bits. */
function unpackZeros(words: Int32Array, bits: number, count: number, offset: number): Int16Array {
  const zeros = new Int16Array(count);
  for (let index = 0; index < count; index++) zeros[index] = bitsAt(words, index * bits, bits) + offset;
  return zeros;
}

function bitsAt(words: Int32Array, bit: number, bits: number): number {
  const [at, shift] = [bit >>> 5, bit & 31];
  const low = (words[at] as number) >>> shift;
  const high = shift + bits > 32 ? (words[at + 1] as number) << (32 - shift) : 0;
  return (low | high) & ((1 << bits) - 1);
}

/** 2, 4 and 8 bits: a word holds codes of inputs that follow one another. */
function unpackWhole(words: Int32Array, bits: number, inputs: number, outputs: number): Grouped["unpack"] {
  const each = 32 / bits;
  const mask = (1 << bits) - 1;
  return (from, to, codes) => {
    for (let row = 0, first = 0; first < inputs; row++, first += each) {
      for (let output = from; output < to; output++) {
        let word = words[row * outputs + output] as number;
        const start = (output - from) * inputs + first;
        for (let at = start; at < start + each; at++, word >>= bits) codes[at] = word & mask;
      }
    }
  };
}

/** 3 bits: 32 codes in three words, two of them across a border. */
function unpackThirds(words: Int32Array, inputs: number, outputs: number): Grouped["unpack"] {
  const three = new Int32Array(3);
  return (from, to, codes) => {
    for (let row = 0, first = 0; first < inputs; row += 3, first += 32) {
      for (let output = from; output < to; output++) {
        for (let word = 0; word < 3; word++) three[word] = words[(row + word) * outputs + output] as number;
        const start = (output - from) * inputs + first;
        for (let code = 0; code < 32; code++) codes[start + code] = bitsAt(three, code * 3, 3);
      }
    }
  };
}
