// How the elements of checkpoints are stored.
import type { StoredType } from "./checkpoint.js";
import { BLOCK, BLOCK_BYTES } from "./mxfp4-blocks.js";

/** Bytes of one element. */
export const ELEMENT_BYTES: Readonly<Record<StoredType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  MXFP4: BLOCK_BYTES / BLOCK,
};

/** Those that files have. */
export const PUBLISHED_TYPES: readonly string[] = Object.keys(ELEMENT_BYTES).filter((type) => type !== "MXFP4");

export const isFloat = (type: StoredType): boolean => type.includes("F");

export const elementsOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);
