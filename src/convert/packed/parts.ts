// The tensors that one packed weight is made of, each checked for what it must be.
import { OslmError } from "../../errors.js";
import type { Checkpoint, CheckpointTensor, StoredType } from "../checkpoint.js";
import { toFloats, view } from "../floats.js";

const SCALES: readonly StoredType[] = ["F16", "BF16", "F32"];

/** Says what is wrong with the weight, and does not come back. */
export function malformed(name: string, problem: string): never {
  throw new OslmError("malformed-checkpoint", {
    file: "the checkpoint",
    reason: `the packed tensor ${JSON.stringify(name.slice(0, 200))} ${problem}`,
  });
}

/** A part by its name, of one of these types and so many dimensions. */
export function partOf(
  { tensors }: Checkpoint,
  name: string,
  types: readonly StoredType[],
  dimensions: number,
): CheckpointTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) return malformed(name, "is missing");
  if (!types.includes(tensor.type)) return malformed(name, `holds ${tensor.type} instead of ${types.join(" or ")}`);
  if (tensor.shape.length !== dimensions)
    return malformed(name, `has ${tensor.shape.length} dimensions instead of ${dimensions}`);
  return tensor;
}

export const scalesOf = (checkpoint: Checkpoint, name: string): CheckpointTensor => partOf(checkpoint, name, SCALES, 2);

/** Fails unless the part has exactly this shape. */
export function mustBe(tensor: CheckpointTensor, shape: readonly number[]): void {
  if (tensor.shape.length === shape.length && shape.every((size, index) => tensor.shape[index] === size)) return;
  malformed(tensor.name, `has the shape [${tensor.shape.join(", ")}] instead of [${shape.join(", ")}]`);
}

export const floatsOf = async (tensor: CheckpointTensor): Promise<Float32Array> =>
  toFloats(tensor.type, await tensor.read());

export const wordsOf = async (tensor: CheckpointTensor): Promise<Int32Array> => view(Int32Array, await tensor.read());

/** The matrix with rows and columns exchanged. */
export function turned<T extends Float32Array | Uint8Array | Int16Array>(matrix: T, rows: number, columns: number): T {
  const out = matrix.slice() as T;
  for (let row = 0, from = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, from++) out[column * rows + row] = matrix[from] as number;
  }
  return out;
}
