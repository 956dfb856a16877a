// The data of a file, some rows at a time: memory is bounded by a few pieces, and by a matrix where one has to be turned.
import { checkValues } from "./check-values.js";
import type { Encode } from "./encode.js";
import type { GgufFile } from "./gguf-file.js";
import type { PlannedTensor } from "./plan.js";
import { ELEMENT_BYTES, elementsOf } from "./stored-types.js";

/** Elements that are worked on at once: what the processor can keep near while it goes from one form to the next. */
const PIECE = 512 * 1024;

export interface WriteProgress {
  readonly tensor: string;
  /** Bytes of the file so far. */
  readonly written: number;
}

/**
 * Writes every tensor in order and yields after each piece. Ends with the signal's reason when it is aborted.
 * @throws OslmError as checkValues
 */
export async function* writeTensors(
  file: GgufFile,
  planned: readonly PlannedTensor[],
  encode: Encode,
  signal: AbortSignal,
): AsyncGenerator<WriteProgress> {
  const rooms = [new Uint8Array(0), new Uint8Array(0)];
  for (const { name, type, dims, weights } of planned) {
    const perRow = dims[0] as number;
    const all = elementsOf(weights.shape);
    const step = Math.max(1, Math.floor(PIECE / perRow)) * perRow;
    let turn = 0;
    const readFrom = (from: number) => {
      const count = Math.min(step, all - from);
      turn = 1 - turn;
      const need = count * ELEMENT_BYTES[weights.type];
      if ((rooms[turn] as Uint8Array).length < need) rooms[turn] = new Uint8Array(need);
      return weights.read(from, count, rooms[turn]);
    };
    // The next piece is read while this one is written.
    let next = readFrom(0);
    for (let from = 0; from < all; from += step) {
      const bytes = await next;
      signal.throwIfAborted();
      if (from + step < all) {
        next = readFrom(from + step);
        next.catch(() => {});
      }
      const piece = {
        ...{ type: weights.type, bytes, perRow },
        ...{ row: from / perRow, tensor: name, dims },
      };
      checkValues(type, piece, weights.name);
      await file.write(await encode(type, piece));
      yield { tensor: name, written: file.written };
    }
    await file.endTensor();
  }
}
