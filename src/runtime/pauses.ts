// Long work that waits for nothing, in pieces: between them signals are heard.
import { setImmediate } from "node:timers/promises";
import type { Milliseconds } from "../model/types.js";

/** @throws the reason of a signal */
export type Pause = () => Promise<void>;

const LONGEST: Milliseconds = 30;

/** To be called between the pieces of one piece of work; lets others have their turn now and then. */
export function pauses(...signals: readonly (AbortSignal | undefined)[]): Pause {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < LONGEST) return;
    await setImmediate();
    for (const signal of signals) signal?.throwIfAborted();
    last = performance.now();
  };
}
