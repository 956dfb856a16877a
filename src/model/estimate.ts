// What a load takes.
import type { Bytes, Tokens } from "./units.js";

/** Predicted memory of one load; the JSON shape of `fit`. All sizes in bytes. */
export interface Estimate {
  readonly total: Bytes;
  readonly weights: Bytes;
  readonly kvCache: Bytes;
  readonly compute: Bytes;
  readonly projector: Bytes;
  readonly draft: Bytes;
  readonly overhead: Bytes;
  readonly ctx: Tokens;
  readonly kvType: "f16" | "q8_0" | "q4_0";
  readonly gpuLayers: number;
  readonly perDevice: readonly { readonly device: string; readonly bytes: Bytes }[];
  /** Who counted weights, cache and buffers: oslm from the header, or llama.cpp, which was asked to make all but their memory. */
  readonly method: "formula" | "engine";
}
