// A tensor as a window on a storage: where its elements are, checked before anybody asks for one.
import type { StoredType } from "../checkpoint.js";
import { MAX_DIMENSIONS, MAX_REPEATED } from "./limits.js";
import { type StorageValue, TensorValue, TupleValue, type Value } from "./values.js";

/** Says what is wrong, and does not come back. */
export type Refuse = (reason: string) => never;

/** Whether it is a whole number from 0 that counts exactly. */
export const isCount = (value: Value | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** The tensor of such offset, shape and strides over a storage of so many of its elements. */
export function window(
  storage: StorageValue,
  type: StoredType,
  stored: number,
  [offset, shape, strides]: readonly (Value | undefined)[],
  refuse: Refuse,
): TensorValue {
  const sizes = counts(shape);
  const steps = counts(strides);
  if (!isCount(offset) || sizes === undefined || steps === undefined || sizes.length !== steps.length) {
    return refuse("a tensor has no usable shape, strides or offset");
  }
  if (sizes.length > MAX_DIMENSIONS) return refuse(`a tensor has ${sizes.length} dimensions`);
  const elements = sizes.reduce((product, size) => product * size, 1);
  const last = sizes.reduce((sum, size, index) => sum + (size - 1) * (steps[index] ?? 0), offset);
  if (elements > 0 && !(last < stored))
    return refuse(`a tensor of ${elements} elements reaches beyond its storage of ${stored}`);
  if (elements > Math.max(stored, MAX_REPEATED)) return refuse(`a tensor repeats ${stored} elements to ${elements}`);
  return new TensorValue(storage, type, offset, sizes, steps);
}

function counts(value: Value | undefined): readonly number[] | undefined {
  return value instanceof TupleValue && value.items.every(isCount) ? value.items : undefined;
}
