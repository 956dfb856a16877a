// Several generators as one, a bounded number of them running at a time.

/**
 * Yields whatever comes first. When one throws, or the reader leaves, the others are ended before the error goes on.
 * The results of the generators are dropped.
 */
export async function* merge<T>(
  sources: readonly (() => AsyncGenerator<T, void>)[],
  limit: number,
): AsyncGenerator<T, void> {
  const waiting = [...sources];
  const running = new Map<AsyncGenerator<T, void>, Promise<Step<T>>>();
  const next = (source: AsyncGenerator<T, void>): void => {
    running.set(
      source,
      source.next().then((result) => ({ source, result })),
    );
  };
  try {
    for (;;) {
      while (running.size < limit) {
        const start = waiting.shift();
        if (start === undefined) break;
        next(start());
      }
      if (running.size === 0) return;
      const { source, result } = await Promise.race(running.values());
      if (result.done) running.delete(source);
      else {
        next(source);
        yield result.value;
      }
    }
  } finally {
    const ends = [...running].map(async ([source, step]) => {
      // A source that is in the middle of a step takes `return` only after it.
      await step.catch(() => undefined);
      await source.return().catch(() => undefined);
    });
    await Promise.all(ends);
  }
}

interface Step<T> {
  readonly source: AsyncGenerator<T, void>;
  readonly result: IteratorResult<T, void>;
}
