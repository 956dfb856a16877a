// Work on many things, so many at a time.
import { setMaxListeners } from "node:events";

export interface Done<Result> {
  /** Which of the items, from 0. */
  readonly index: number;
  readonly result: Result;
}

/**
 * Results as they come; the next item is begun as soon as one is done. When `signal` aborts, or nobody wants more results, or `work`
 * throws, no further item is begun, and it ends when those under way have: `work` is told by the signal that it gets.
 */
export async function* inParallel<Item, Result>(
  items: readonly Item[],
  count: number,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Done<Result>> {
  const stop = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  // All that is under way listens to it; Node warns at eleven.
  setMaxListeners(0, stopped);
  const entries = items.entries();
  const done: Done<Result>[] = [];
  let ended = false;
  let wake = (): void => {};
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) {
      if (stopped.aborted) return;
      done.push({ index, result: await work(item, stopped) });
      wake();
    }
  };
  const workers = Array.from({ length: count }, () =>
    worker().catch((error: unknown) => {
      stop.abort();
      throw error;
    }),
  );
  const all = Promise.allSettled(workers).then((ends) => {
    ended = true;
    wake();
    return ends;
  });
  try {
    while (!ended || done.length > 0) {
      const first = done.shift();
      if (first) yield first;
      else if (!ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    for (const end of await all) if (end.status === "rejected") throw end.reason;
  } finally {
    stop.abort();
    await all;
  }
}

/** The same in the order of the items, each when all before it are there; what is left over at the end comes as well. */
export async function* inOrder<Result>(results: AsyncIterable<Done<Result>>): AsyncGenerator<Done<Result>> {
  const early = new Map<number, Done<Result>>();
  let next = 0;
  for await (const one of results) {
    early.set(one.index, one);
    for (let ready = early.get(next); ready; ready = early.get(next)) {
      early.delete(next++);
      yield ready;
    }
  }
  yield* [...early.values()].sort((a, b) => a.index - b.index);
}
