// What one load was foreseen to take, and what it took.
import type { Bytes, Estimate, Tokens } from "./types.js";

export interface LoadRecord {
  /** ISO 8601, UTC: when the model was let go. */
  readonly at: string;
  readonly ref: string;
  readonly ctx: Tokens;
  readonly kvType: Estimate["kvType"];
  readonly gpuLayers: number;
  readonly mapped: boolean;
  /** The most in RAM, of a mapped file too; the correction of then is part of it. */
  readonly predicted: Bytes;
  readonly correction: Bytes;
  /** The most that the process had in RAM until then. */
  readonly measured: Bytes;
  /** Its weights, cache and buffers as the engine counted them, and as was foreseen; older records have neither. */
  readonly engine?: EngineCount;
}

/** What the engine counts as its own: all of a load but the process around it. */
export interface EngineCount {
  readonly counted: Bytes;
  readonly foreseen: Bytes;
}
