// Ctrl-C belongs to the process as a whole, unless something that runs in it takes it for itself.

const takers: (() => void)[] = [];

/** From now on `taker` hears of Ctrl-C, and nothing else does. Calling what is returned gives it back. */
export function takeInterrupts(taker: () => void): () => void {
  takers.push(taker);
  return () => {
    takers.splice(takers.indexOf(taker), 1);
  };
}

/** True when somebody has taken it. */
export function interrupt(): boolean {
  const taker = takers.at(-1);
  taker?.();
  return taker !== undefined;
}
