// A published checkpoint as its readers see it: named tensors whose bytes are read when asked for.

/** How elements are stored, little-endian; the names of the safetensors format. */
export type StoredType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "F8_E4M3"
  | "F8_E5M2"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U8"
  | "BOOL"
  /** Not of files: blocks of 32 numbers as `mxfp4-blocks.ts` has them, read in whole ones. */
  | "MXFP4";

export interface CheckpointTensor {
  readonly name: string;
  readonly type: StoredType;
  /** As PyTorch writes it: the outermost dimension first. [] is a scalar. */
  readonly shape: readonly number[];
  /**
   * Elements in row-major order. The whole tensor without `from` and `count`, both in elements.
   * @param into may be filled and given back, as far as needed: fresh memory for every piece costs more than reading it
   * @throws OslmError malformed-checkpoint when the file ends before them
   */
  read(from?: number, count?: number, into?: Uint8Array): Promise<Uint8Array>;
  /** With rows and columns of the last two dimensions exchanged, where it is packed so. */
  readonly turned?: CheckpointTensor;
}

/** The shards of one checkpoint together. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  close(): Promise<void>;
}
