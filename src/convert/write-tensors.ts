// The data of a file, some rows at a time: memory is bounded by a few pieces, and by a matrix where one has to be turned.
import { type Encode, encodeStored } from "./encode.js";
import type { GgufFile } from "./gguf-file.js";
import type { PlannedTensor } from "./plan.js";
import { elementsOf } from "./stored-types.js";

/** Elements that are worked on at once. */
const PIECE = 2 * 1024 * 1024;

export interface WriteProgress {
  readonly tensor: string;
  /** Bytes of the file so far. */
  readonly written: number;
}

/** Writes every tensor in order and yields after each piece. Ends with the signal's reason when it is aborted. */
export async function* writeTensors(
  file: GgufFile,
  planned: readonly PlannedTensor[],
  encode: Encode,
  signal: AbortSignal,
): AsyncGenerator<WriteProgress> {
  for (const { name, type, dims, weights } of planned) {
    const perRow = dims[0] as number;
    const all = elementsOf(weights.shape);
    const step = Math.max(1, Math.floor(PIECE / perRow)) * perRow;
    const readFrom = (from: number) => weights.read(from, Math.min(step, all - from));
    // The next piece is read while this one is written.
    let next = readFrom(0);
    for (let from = 0; from < all; from += step) {
      const bytes = await next;
      signal.throwIfAborted();
      if (from + step < all) {
        next = readFrom(from + step);
        next.catch(() => {});
      }
      await file.write(await encodeStored(weights.type, type, bytes, perRow, encode));
      yield { tensor: name, written: file.written };
    }
    await file.endTensor();
  }
}
