// What a GGUF header holds, once read.
import type { Bytes } from "../model/types.js";

/** A value that was walked over, not kept: a tokenizer's arrays, and strings of megabytes. */
export interface SkippedValue {
  readonly skipped: true;
  /** Type of the elements, or `string` for one long string. */
  readonly type: string;
  /** Elements of the array, or bytes of the string. */
  readonly length: number;
}

/** Integers are numbers while a double holds them exactly, bigints beyond. */
export type Scalar = string | number | bigint | boolean;
export type MetadataValue = Scalar | readonly Scalar[] | SkippedValue;

export interface GgufMetadata {
  /** File name, for messages. */
  readonly name: string;
  readonly fileSize: Bytes;
  readonly version: number;
  readonly tensorCount: number;
  /** A Map, not an object: the keys come from a stranger's file. */
  readonly metadata: ReadonlyMap<string, MetadataValue>;
}

export interface TensorInfo {
  readonly name: string;
  readonly type: string;
  /** Fastest-varying first, as in the file. */
  readonly dims: readonly number[];
  /** From the start of the tensor data. */
  readonly offset: number;
  readonly bytes: Bytes;
}

export interface GgufHeader extends GgufMetadata {
  readonly alignment: number;
  /** Where the tensor data starts in the file. */
  readonly dataOffset: number;
  readonly tensors: readonly TensorInfo[];
}

export function isSkipped(value: MetadataValue | undefined): value is SkippedValue {
  return typeof value === "object" && "skipped" in value;
}
