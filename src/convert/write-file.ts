// A planned file, written; nothing is left of it when that fails or is broken off.
import type { WrittenHeader } from "../gguf/write-header.js";
import { type Encode, plainEncoder } from "./encode.js";
import { GgufFile } from "./gguf-file.js";
import type { PlannedTensor } from "./plan.js";
import { type WriteProgress, writeTensors } from "./write-tensors.js";

export interface WriteOptions {
  /** Where the file goes; what is there is replaced once the new one is whole. */
  readonly target: string;
  /** Nothing is replaced, not even what has come there while the file was written. */
  readonly fresh?: boolean;
  readonly signal: AbortSignal;
  /** For other types than the converter's own. */
  readonly encode?: Encode;
}

/** @throws OslmError what reading the weights throws; the signal's reason when it is aborted */
export async function* writeFile(
  header: WrittenHeader,
  planned: readonly PlannedTensor[],
  { target, signal, fresh = false, encode = plainEncoder() }: WriteOptions,
): AsyncGenerator<WriteProgress> {
  const file = await GgufFile.create(target, header);
  let whole = false;
  try {
    yield* writeTensors(file, planned, encode, signal);
    signal.throwIfAborted();
    await file.finish(fresh);
    whole = true;
  } finally {
    if (!whole) await file.abandon();
  }
}
