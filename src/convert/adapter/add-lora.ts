// A model's tensors with adapters worked into them: W + scale B A, some rows at a time.
import { toFloats } from "../floats.js";
import type { PlannedTensor } from "../plan.js";
import type { Weights } from "../reshape.js";
import { finite } from "./finite.js";
import type { Lora, LoraPair } from "./lora.js";

/** @param scale how much of the adapter, besides its own */
export function addLora(planned: readonly PlannedTensor[], { pairs }: Lora, scale: number): readonly PlannedTensor[] {
  const byTarget = new Map(pairs.map((pair) => [pair.target, pair]));
  return planned.map((tensor) => {
    const pair = byTarget.get(tensor.name);
    return pair === undefined ? tensor : { ...tensor, weights: added(tensor.weights, pair, scale) };
  });
}

interface Factors {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** Holds the two small matrices while the tensor is read, which goes from its beginning to its end. */
function added(weights: Weights, { a, b, scale: own }: LoraPair, scale: number): Weights {
  const [rank = 0, inputs = 0] = a.shape;
  const outputs = b.shape[0] ?? 0;
  const all = inputs * outputs;
  let held: Promise<Factors> | undefined;
  const read = async (from = 0, count = all - from): Promise<Uint8Array> => {
    held ??= factorsOf(a, b);
    const factors = await held;
    const floats = toFloats(weights.type, await weights.read(from, count)).slice();
    const last = from + count;
    for (let row = Math.floor(from / inputs); row * inputs < last; row++) {
      const start = Math.max(from, row * inputs);
      const end = Math.min(last, (row + 1) * inputs);
      const sum = new Float64Array(end - start);
      for (let i = 0; i < rank; i++) {
        const weight = own * scale * (factors.b[row * rank + i] as number);
        const at = i * inputs + (start - row * inputs);
        for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) + weight * (factors.a[at + j] as number);
      }
      for (let j = 0; j < sum.length; j++) {
        floats[start - from + j] = (floats[start - from + j] as number) + (sum[j] as number);
      }
    }
    if (last === all) held = undefined;
    return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
  };
  return { name: weights.name, type: "F32", shape: weights.shape, read };
}

async function factorsOf(a: Weights, b: Weights): Promise<Factors> {
  const floatsOf = async (tensor: Weights) => toFloats("F32", await finite(tensor).read());
  return { a: await floatsOf(a), b: await floatsOf(b) };
}
