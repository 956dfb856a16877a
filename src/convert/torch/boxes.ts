/** A part of a tensor that is a block: one index in the outer dimensions, a range in one, all of the inner ones. */
export interface Box {
  /** Its first element in row-major order, and how many there are. */
  readonly start: number;
  readonly count: number;
  /** The first index, and how many, in each dimension. */
  readonly first: readonly number[];
  readonly sizes: readonly number[];
}

/** Elements that one index more in each dimension moves on by, in row-major order. */
export const rowMajor = (shape: readonly number[]): number[] =>
  shape.map((_, dimension) => shape.slice(dimension + 1).reduce((product, size) => product * size, 1));

/** The fewest blocks that are the elements from `from` on, `count` of them, in order. */
export function* boxes(shape: readonly number[], from: number, count: number): Generator<Box> {
  const steps = rowMajor(shape);
  const end = from + count;
  for (let start = from; start < end; ) {
    const level = steps.findIndex((step) => start % step === 0 && start + step <= end);
    const step = steps[level] ?? 1;
    const first = steps.map((each, dimension) => Math.floor(start / each) % (shape[dimension] ?? 1));
    const range = Math.min((shape[level] ?? 1) - (first[level] ?? 0), Math.floor((end - start) / step));
    const sizes = shape.map((size, dimension) => (dimension < level ? 1 : dimension === level ? range : size));
    yield { start, count: range * step, first, sizes };
    start += range * step;
  }
}
