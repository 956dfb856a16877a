// Rows of attention matrices, which checkpoints and the engine keep in different orders.
import { arrange, unfit, type Weights } from "../reshape.js";
import { elementsOf } from "../stored-types.js";
import { type Make, withEffect } from "./architecture.js";

/** Elements of one row; of a bias, one. */
const rowOf = (tensor: Weights): number => elementsOf(tensor.shape.slice(1));

/** transformers rotates the halves of a head against each other, the engine neighbors: row i of the first half goes before row i of the second. */
export const interleaved = (heads: number): Make =>
  withEffect("rows", (tensor) => {
    const rows = tensor.shape[0] ?? 0;
    const width = rows / heads;
    if (!Number.isInteger(width / 2)) throw unfit(tensor, `does not divide into ${heads} heads`);
    return arrange(tensor, tensor.shape, rowOf(tensor), (row) => {
      const within = row % width;
      return row - within + (within % 2) * (width / 2) + Math.floor(within / 2);
    });
  });

/**
 * Queries, keys and values that lie together by groups of heads: all queries come first, then all keys, then all values.
 * @param groups heads of keys
 * @param each queries of a group
 */
export const ungrouped = (groups: number, each: number): Make =>
  withEffect("rows", (tensor) => {
    const rows = tensor.shape[0] ?? 0;
    const width = rows / (groups * (each + 2));
    if (!Number.isInteger(width)) throw unfit(tensor, `does not divide into ${groups} groups of ${each} + 2 heads`);
    return arrange(tensor, tensor.shape, rowOf(tensor), (row) => {
      const head = Math.floor(row / width);
      const queries = groups * each;
      const [group, part] =
        head < queries
          ? [Math.floor(head / each), head % each]
          : head < queries + groups
            ? [head - queries, each]
            : [head - queries - groups, each + 1];
      return (group * (each + 2) + part) * width + (row % width);
    });
  });
