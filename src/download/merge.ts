// Several generators as one, a bounded number of them running at a time.

/**
 * Yields whatever comes first. When one throws, or the reader leaves, `stop` is called so that the others need not run
 * on; they are ended and waited for before the first error goes on. The results of the generators are dropped.
 */
export async function* merge<T>(
  sources: readonly (() => AsyncGenerator<T, void>)[],
  limit: number,
  stop: (reason: unknown) => void = () => {},
): AsyncGenerator<T, void> {
  const waiting = [...sources];
  const ready: T[] = [];
  let running = 0;
  let failure: { readonly error: unknown } | undefined;
  let left = false;
  let wakeReader = () => {};
  let wakeSources = () => {};
  let drained = Promise.resolve();

  const work = async (): Promise<void> => {
    for (let start = waiting.shift(); start !== undefined && failure === undefined && !left; start = waiting.shift()) {
      for await (const value of start()) {
        if (left || failure !== undefined) return;
        ready.push(value);
        wakeReader();
        // No source runs ahead of a slow reader by more than one value each.
        await drained;
      }
    }
  };
  const workers = Array.from({ length: Math.min(limit, sources.length) }, async () => {
    running++;
    try {
      await work();
    } catch (error) {
      failure ??= { error };
      stop(error);
    } finally {
      running--;
      wakeReader();
    }
  });

  try {
    while (failure === undefined || running > 0) {
      const value = ready.shift();
      if (value !== undefined) {
        drained = new Promise((resolve) => (wakeSources = resolve));
        yield value;
        wakeSources();
      } else if (running === 0) break;
      else await new Promise<void>((resolve) => (wakeReader = resolve));
    }
  } finally {
    left = true;
    if (running > 0) stop(failure?.error ?? new Error("the reader left"));
    wakeSources();
    await Promise.all(workers);
  }
  if (failure !== undefined) throw failure.error;
}
