// Experts, one matrix each in checkpoints, are one tensor of three dimensions for the engine.
import { joined, unfit, type Weights } from "../reshape.js";
import type { Rule } from "./architecture.js";

/** @param name without `.weight`, of the expert of that number */
export function stackedExperts(to: string, experts: number, name: (expert: number) => string): Rule {
  return {
    to: `${to}.weight`,
    from: Array.from({ length: experts }, (_, expert) => `${name(expert)}.weight`),
    make: (...tensors) => stack(tensors),
  };
}

function stack(tensors: readonly Weights[]): Weights {
  const [first] = tensors;
  if (first === undefined) throw new RangeError("no experts");
  const odd = tensors.find(({ shape }) => shape.join() !== first.shape.join());
  if (odd) throw unfit(odd, `is an expert of another shape than [${first.shape.join(", ")}]`);
  return joined(tensors, [tensors.length, ...first.shape]);
}
