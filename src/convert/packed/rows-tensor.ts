// A tensor of floats that is computed by rows when it is read.
import type { CheckpointTensor } from "../checkpoint.js";
import { elementsOf } from "../stored-types.js";

/** Computes rows, from one up to another: as many floats as they have elements. */
export type ComputeRows = (from: number, to: number) => Promise<Float32Array>;

/** All dimensions but the last number the rows. */
export function rowsTensor(name: string, shape: readonly number[], compute: ComputeRows): CheckpointTensor {
  const all = elementsOf(shape);
  const width = shape.at(-1) ?? 1;
  return {
    name,
    type: "F32",
    shape,
    async read(from = 0, count = all - from) {
      if (from < 0 || count < 0 || from + count > all) throw new RangeError(`${name} has no elements ${from}+${count}`);
      if (count === 0) return new Uint8Array(0);
      const first = Math.floor(from / width);
      const floats = await compute(first, Math.ceil((from + count) / width));
      return new Uint8Array(floats.buffer, floats.byteOffset + (from - first * width) * 4, count * 4);
    },
  };
}
