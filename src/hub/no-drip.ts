// A server that drips is no better than one that is silent.
import { OslmError } from "../errors.js";
import type { Bytes, Milliseconds } from "../model/types.js";

/** The least that a connection must bring: a telephone line brought twenty times as much. */
const LEAST_PER_SECOND: Bytes = 256;

/**
 * Hands on the pieces of a body while enough of them come in each time of `patience`. Only the waits for a piece count: its
 * reader may take its time. @throws OslmError network for a server that drips, and what `pieces` throws
 */
export async function* noDrip(
  pieces: AsyncGenerator<Buffer, void>,
  url: string,
  patience: Milliseconds,
): AsyncGenerator<Buffer, void> {
  let [came, waited] = [0, 0];
  try {
    for (;;) {
      const since = performance.now();
      const { done, value } = await pieces.next();
      if (done) return;
      came += value.length;
      waited += performance.now() - since;
      if (waited >= patience) {
        const seconds = waited / 1000;
        if (came < seconds * LEAST_PER_SECOND) {
          const shown = seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0);
          throw new OslmError("network", { url, reason: `only ${came} bytes came in ${shown} seconds` });
        }
        [came, waited] = [0, 0];
      }
      yield value;
    }
  } finally {
    await pieces.return();
  }
}
