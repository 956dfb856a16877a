// Native work that nothing can stop: one step of a large model takes seconds on a slow processor.

let inFlight = 0;

/** True while such work goes on. A process that ends in the usual way waits for it. */
export function isComputing(): boolean {
  return inFlight > 0;
}

/**
 * Waits for a step of such work, or for the signal, whichever comes first: then `undefined` is given, and the step goes on.
 * @throws what the step throws
 */
export async function stepOf<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  inFlight++;
  const ended = work.finally(() => {
    inFlight--;
  });
  if (signal === undefined) return ended;
  ended.catch(() => {});
  let left = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    left = () => resolve(undefined);
    signal.addEventListener("abort", left, { once: true });
    if (signal.aborted) left();
  });
  try {
    return await Promise.race([ended, aborted]);
  } finally {
    signal.removeEventListener("abort", left);
  }
}
