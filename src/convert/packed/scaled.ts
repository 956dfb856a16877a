// Weights of 8 bits with scales beside them: for the whole, for each output, for groups of inputs or for blocks.
// Sources: DeepSeek-V3, inference/kernel.py (weight_dequant: weight x weight_scale_inv of its block of 128 x 128);
// compressed-tensors, quantization/lifecycle/forward.py (dequantize: (weight - zero point) x scale).
import type { Checkpoint, CheckpointTensor, StoredType } from "../checkpoint.js";
import { toFloats, view } from "../floats.js";
import { floatsOf, malformed } from "./parts.js";
import type { Recent } from "./recent.js";
import { rowsTensor } from "./rows-tensor.js";

/** How the scales of a weight lie over it. */
interface Grid {
  /** Rows and columns that share a scale. */
  readonly block: readonly [rows: number, columns: number];
  /** Scales in a row, and rows of scales. */
  readonly across: number;
  readonly down: number;
  /** Rows of one matrix: a stack of experts has scales for each. */
  readonly rows: number;
}

const SCALES: readonly StoredType[] = ["F32", "F16", "BF16"];
/** What needs them. */
export const CODES: readonly StoredType[] = ["F8_E4M3", "F8_E5M2", "I8"];

/**
 * The weight multiplied by its scales; integers may have zero points of the same shape, which are taken from them first.
 * @param block rows and columns that share a scale, where the checkpoint says so; else they follow from the shapes
 */
export function scaledWeight(
  checkpoint: Checkpoint,
  weight: CheckpointTensor,
  scale: CheckpointTensor,
  recent: Recent<Float32Array>,
  block?: readonly [number, number],
): CheckpointTensor {
  if (!SCALES.includes(scale.type)) malformed(scale.name, `holds ${scale.type} instead of scales`);
  if (!CODES.includes(weight.type)) malformed(weight.name, `holds ${weight.type} and has scales`);
  const zero = weight.type === "I8" ? checkpoint.tensors.get(`${weight.name}_zero_point`) : undefined;
  if (zero !== undefined && (zero.type !== "I8" || String(zero.shape) !== String(scale.shape))) {
    malformed(zero.name, "does not fit its scales");
  }
  const grid = gridOf(weight, scale, block);
  const columns = weight.shape.at(-1) ?? 1;
  const load = () => recent.get(scale.name, () => floatsOf(scale));
  const loadZero =
    zero && (() => recent.get(zero.name, async () => Float32Array.from(view(Int8Array, await zero.read()))));
  return rowsTensor(weight.name, weight.shape, async (from, to) => {
    const bytes = await weight.read(from * columns, (to - from) * columns);
    const floats = weight.type === "I8" ? Float32Array.from(view(Int8Array, bytes)) : toFloats(weight.type, bytes);
    multiply(floats, from, columns, grid, await load(), await loadZero?.());
    return floats;
  });
}

function multiply(
  floats: Float32Array,
  from: number,
  columns: number,
  grid: Grid,
  scales: Float32Array,
  zeros?: Float32Array,
) {
  const [high, wide] = grid.block;
  for (let start = 0, row = from; start < floats.length; start += columns, row++) {
    const down = Math.floor(row / grid.rows) * grid.down + Math.floor((row % grid.rows) / high);
    for (let column = 0, at = down * grid.across; column < columns; at++) {
      const scale = scales[at] as number;
      const zero = zeros === undefined ? 0 : (zeros[at] as number);
      for (const end = Math.min(columns, column + wide); column < end; column++) {
        floats[start + column] = ((floats[start + column] as number) - zero) * scale;
      }
    }
  }
}

/** From [], [1] (one scale), [outputs], [outputs, 1], [outputs, groups] or blocks; of a stack with the stack's size before them. */
function gridOf(weight: CheckpointTensor, scale: CheckpointTensor, block?: readonly [number, number]): Grid {
  const { shape } = weight;
  const [rows = 1, columns = 1] = shape.slice(-2);
  const stack = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const count = scale.shape.reduce((product, size) => product * size, 1);
  const unfit = () =>
    malformed(scale.name, `has the shape [${scale.shape.join(", ")}] for weights of [${shape.join(", ")}]`);
  if (shape.length < 2 || rows === 0 || columns === 0) return unfit();
  if (count === 1) return { block: [rows * stack, columns], across: 1, down: 1, rows: rows * stack };
  const own = scale.shape.slice(shape.length - 2);
  const [down = 0, across = 1] = own;
  const fits =
    String(scale.shape.slice(0, shape.length - 2)) === String(shape.slice(0, -2)) &&
    (own.length === 1 || own.length === 2);
  if (!fits || down < 1 || across < 1) return unfit();
  const blocked =
    block !== undefined && Math.ceil(rows / block[0]) === down && Math.ceil(columns / block[1]) === across;
  if (blocked) return { block, across, down, rows };
  if (rows % down !== 0 || columns % across !== 0 || (block !== undefined && across > 1)) return unfit();
  return down === rows || down === 1 ? { block: [rows / down, columns / across], across, down, rows } : unfit();
}
