// MXFP4 as gpt-oss stores its experts: 32 numbers of 4 bits in 16 bytes, and a power of two for each such block.
// Source: transformers, integrations/mxfp4.py, for the layout: the lower half of a byte comes first, and the weight that the model
// computes with is the packed one turned.
import type { Checkpoint, CheckpointTensor } from "../checkpoint.js";
import { BLOCK, NUMBERS, POWERS, toBlocks } from "../mxfp4-blocks.js";
import { malformed, mustBe, partOf, turned } from "./parts.js";
import type { Recent } from "./recent.js";
import { rowsTensor } from "./rows-tensor.js";

/** What follows the name of the weight. */
export const MXFP4_PARTS = ["blocks", "scales"] as const;

/** The experts' weights [experts, inputs, outputs] of `name`_blocks [experts, outputs, blocks, 16] and `name`_scales. */
export function mxfp4Weight(checkpoint: Checkpoint, name: string, recent: Recent<Float32Array>): CheckpointTensor {
  const blocks = partOf(checkpoint, `${name}_blocks`, ["U8"], 4);
  const scales = partOf(checkpoint, `${name}_scales`, ["U8"], 3);
  const [experts = 0, outputs = 0, each = 0, bytes] = blocks.shape;
  if (bytes !== BLOCK / 2 || experts * outputs * each === 0) malformed(blocks.name, "has no usable shape");
  mustBe(scales, [experts, outputs, each]);
  const inputs = each * BLOCK;
  const load = async (expert: number): Promise<Float32Array> => {
    const count = outputs * each;
    const packed = await blocks.read(expert * count * 16, count * 16);
    return turned(unpack(packed, await scales.read(expert * count, count)), outputs, inputs);
  };
  const plain = rowsTensor(name, [experts, inputs, outputs], async (from, to) => {
    const out = new Float32Array((to - from) * outputs);
    for (let row = from; row < to; ) {
      const expert = Math.floor(row / inputs);
      const end = Math.min(to, (expert + 1) * inputs);
      const floats = await recent.get(`${name} ${expert}`, () => load(expert));
      const start = (row - expert * inputs) * outputs;
      out.set(floats.subarray(start, start + (end - row) * outputs), (row - from) * outputs);
      row = end;
    }
    return out;
  });
  return { ...plain, turned: inBlocks(name, blocks, scales) };
}

/** As a GGUF file holds it, without loss: [experts, outputs, inputs]. */
function inBlocks(name: string, blocks: CheckpointTensor, scales: CheckpointTensor): CheckpointTensor {
  const [experts = 0, outputs = 0, each = 0] = blocks.shape;
  const all = experts * outputs * each * BLOCK;
  return {
    name,
    type: "MXFP4",
    shape: [experts, outputs, each * BLOCK],
    async read(from = 0, count = all - from) {
      const [first, length] = [from / BLOCK, count / BLOCK];
      if (!Number.isInteger(first) || !Number.isInteger(length))
        throw new RangeError(`${name} is read in whole blocks`);
      const powers = await scales.read(first, length);
      // The engine computes with it as if it were one.
      if (powers.includes(255)) malformed(scales.name, "has a scale that is no number");
      return toBlocks(await blocks.read((first * BLOCK) / 2, (length * BLOCK) / 2), powers);
    },
  };
}

function unpack(packed: Uint8Array, scales: Uint8Array): Float32Array {
  const out = new Float32Array(packed.length * 2);
  for (let block = 0, at = 0, to = 0; block < scales.length; block++) {
    const power = POWERS[scales[block] as number] as number;
    for (const end = at + BLOCK / 2; at < end; at++) {
      const byte = packed[at] as number;
      out[to++] = (NUMBERS[byte & 15] as number) * power;
      out[to++] = (NUMBERS[byte >>> 4] as number) * power;
    }
  }
  return out;
}
