// What a draft model takes besides the model that it guesses for.
import type { Geometry } from "../gguf/geometry.js";
import type { Bytes, Estimate } from "../model/types.js";
import { processBytes } from "./overhead.js";

/** Its weights, cache, buffers and vocabulary: everything but the process, which is there already. */
export function draftBytes({ weights, kvCache, compute }: Estimate, { vocab, tokenizer }: Geometry): Bytes {
  const process = (tokens: number) => processBytes({ vocab: tokens, tokenizer }, { ctx: 0 });
  return weights + kvCache + compute + process(vocab) - process(0);
}
