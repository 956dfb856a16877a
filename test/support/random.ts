// Chance that can be had again.

export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** Between both, as many in each power of ten. */
  size(low: number, high: number): number;
  one<Item>(of: readonly Item[]): Item;
  chance(probability: number): boolean;
}

/** Mulberry32: the same seed gives the same numbers on every machine. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    size: (low, high) => low * (high / low) ** next(),
    one: (of) => {
      const item = of[Math.floor(next() * of.length)];
      if (item === undefined) throw new RangeError("nothing to choose from");
      return item;
    },
    chance: (probability) => next() < probability,
  };
}
