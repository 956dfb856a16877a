// Tensors made of other tensors without reading them: what is read of the result reads what it needs of its parts.
import { OslmError } from "../errors.js";
import type { CheckpointTensor, StoredType } from "./checkpoint.js";
import { toFloats, view } from "./floats.js";
import { ELEMENT_BYTES, elementsOf } from "./stored-types.js";

/** A tensor of the checkpoint, or one made of some. Units below are runs of elements that stay together. */
export type Weights = CheckpointTensor;

/**
 * Its units in another order, or some of them.
 * @param unit elements of one
 * @param place which unit of the source is the one of this number in the result
 */
export function arrange(
  tensor: Weights,
  shape: readonly number[],
  unit: number,
  place: (unit: number) => number,
): Weights {
  const size = unit * ELEMENT_BYTES[tensor.type];
  return derived(tensor, shape, async (from, count) => {
    const first = Math.floor(from / unit);
    const units = Math.ceil((from + count) / unit) - first;
    const places = Array.from({ length: units }, (_, i) => place(first + i));
    const lowest = places.reduce((a, b) => Math.min(a, b));
    const span = places.reduce((a, b) => Math.max(a, b)) - lowest + 1;
    const out = new Uint8Array(units * size);
    // Units that lie near each other come by one read, others by one for each run.
    const near = span <= 2 * units + NEAR ? await tensor.read(lowest * unit, span * unit) : undefined;
    for (let i = 0; i < units; ) {
      const at = places[i] as number;
      let run = 1;
      while (i + run < units && places[i + run] === at + run) run++;
      const bytes =
        near?.subarray((at - lowest) * size, (at - lowest + run) * size) ?? (await tensor.read(at * unit, run * unit));
      out.set(bytes, i * size);
      i += run;
    }
    const skipped = (from - first * unit) * ELEMENT_BYTES[tensor.type];
    return out.subarray(skipped, skipped + count * ELEMENT_BYTES[tensor.type]);
  });
}

const NEAR = 64;

/** One after another, along the outermost dimension or a new one. */
export function joined(tensors: readonly Weights[], shape: readonly number[]): Weights {
  const [first] = tensors;
  if (first === undefined) throw new RangeError("nothing to join");
  const each = tensors.map((tensor) => elementsOf(tensor.shape));
  const odd = tensors.find(({ type }) => type !== first.type);
  if (odd) throw unfit(odd, `is ${odd.type} where its neighbors are ${first.type}`);
  return derived(first, shape, async (from, count) => {
    const parts: Uint8Array[] = [];
    let start = 0;
    for (const [i, tensor] of tensors.entries()) {
      const length = each[i] as number;
      const begin = Math.max(from, start);
      const end = Math.min(from + count, start + length);
      if (begin < end) parts.push(await tensor.read(begin - start, end - begin));
      start += length;
    }
    return parts.length === 1 ? (parts[0] as Uint8Array) : new Uint8Array(Buffer.concat(parts));
  });
}

/** Rows become columns in the last two dimensions. Holds the stored bytes of one matrix, where it is not packed turned already. */
export function transposed(tensor: Weights): Weights {
  if (tensor.turned !== undefined) return tensor.turned;
  const rows = tensor.shape.at(-2);
  const columns = tensor.shape.at(-1);
  if (rows === undefined || columns === undefined) throw unfit(tensor, "is no matrix");
  const size = ELEMENT_BYTES[tensor.type];
  const matrix = rows * columns;
  const all = elementsOf(tensor.shape);
  let kept: { readonly number: number; readonly bytes: Uint8Array } | undefined;
  const matrixOf = async (number: number): Promise<Uint8Array> => {
    if (kept?.number !== number)
      kept = { number, bytes: turned(await tensor.read(number * matrix, matrix), rows, columns, size) };
    return kept.bytes;
  };
  return derived(tensor, [...tensor.shape.slice(0, -2), columns, rows], async (from, count) => {
    const parts: Uint8Array[] = [];
    for (let at = from; at < from + count; ) {
      const number = Math.floor(at / matrix);
      const end = Math.min(from + count, (number + 1) * matrix);
      const bytes = await matrixOf(number);
      parts.push(bytes.subarray((at - number * matrix) * size, (end - number * matrix) * size));
      at = end;
    }
    // A plan holds its tensors to the end; what they have turned must not add up.
    if (from + count === all) kept = undefined;
    return parts.length === 1 ? (parts[0] as Uint8Array) : new Uint8Array(Buffer.concat(parts));
  });
}

function turned(bytes: Uint8Array, rows: number, columns: number, size: number): Uint8Array {
  const Type = size === 2 ? Uint16Array : size === 4 ? Uint32Array : undefined;
  if (Type !== undefined) {
    const source = view<Uint16Array | Uint32Array>(Type, bytes);
    const target = new Type(rows * columns);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        target[column * rows + row] = source[row * columns + column] as number;
      }
    }
    return new Uint8Array(target.buffer);
  }
  const out = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (row * columns + column) * size;
      out.set(bytes.subarray(from, from + size), (column * rows + row) * size);
    }
  }
  return out;
}

/** Every element by a function, in float32. */
export function computed(tensor: Weights, change: (value: number) => number): Weights {
  return {
    ...{ name: tensor.name, shape: tensor.shape, type: "F32" },
    read: async (from, count) => bytesOf(toFloats(tensor.type, await tensor.read(from, count)).map(change)),
  };
}

/** Values that no checkpoint holds. */
export function constant(name: string, values: readonly number[]): Weights {
  const floats = Float32Array.from(values);
  return {
    name,
    type: "F32",
    shape: [values.length],
    read: async (from = 0, count = values.length - from) => bytesOf(floats.slice(from, from + count)),
  };
}

/** The same elements in another shape. */
export function shaped(tensor: Weights, shape: readonly number[]): Weights {
  if (elementsOf(shape) !== elementsOf(tensor.shape))
    throw unfit(tensor, `cannot have the shape [${shape.join(", ")}]`);
  return { name: tensor.name, type: tensor.type, shape, read: (from, count, into) => tensor.read(from, count, into) };
}

/** @param problem reads like `is no matrix` */
export function unfit(tensor: Weights, problem: string): OslmError {
  const shape = tensor.shape.join(", ");
  return new OslmError("malformed-checkpoint", {
    file: "the checkpoint",
    reason: `the tensor ${JSON.stringify(tensor.name.slice(0, 200))} of shape [${shape}] ${problem}`,
  });
}

const bytesOf = (floats: Float32Array): Uint8Array =>
  new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);

function derived(
  { name, type }: { readonly name: string; readonly type: StoredType },
  shape: readonly number[],
  read: (from: number, count: number, into?: Uint8Array) => Promise<Uint8Array>,
): Weights {
  const all = elementsOf(shape);
  return { name, type, shape, read: (from = 0, count = all - from, into?: Uint8Array) => read(from, count, into) };
}
