// Experts, one matrix each in most checkpoints, are one tensor of three dimensions for the engine.
import { arrange, joined, unfit, type Weights } from "../reshape.js";
import type { Rule } from "./architecture.js";

/** @param name without `.weight`, of the expert of that number */
export function stackedExperts(to: string, experts: number, name: (expert: number) => string): Rule {
  return {
    to: `${to}.weight`,
    from: Array.from({ length: experts }, (_, expert) => `${name(expert)}.weight`),
    make: (...tensors) => stack(tensors),
  };
}

/** Which of the matrices of an expert. */
export type ExpertPart = "gate" | "up" | "down";

/**
 * Of all experts in one tensor, as transformers 5 writes them: gates and then what they open in `gate_up_proj`
 * [experts, 2 x inner, width], and `down_proj` [experts, width, inner].
 * @param from with the point behind it
 */
export function fusedExperts(to: string, from: string, experts: number, part: ExpertPart): Rule {
  const name = `${from}${part === "down" ? "down_proj" : "gate_up_proj"}`;
  return {
    to: `${to}.weight`,
    from: [name],
    make: (tensor) => {
      const [, rows = 0, width = 0] = holding(tensor, experts, 3).shape;
      if (part === "down") return tensor;
      const inner = rows / 2;
      if (!Number.isInteger(inner)) throw unfit(tensor, "does not divide into gates and what they open");
      const first = part === "up" ? inner : 0;
      return arrange(tensor, [experts, inner, width], width, (row) => row + (Math.floor(row / inner) * inner + first));
    },
  };
}

/** The tensor, if it has so many experts. */
export function holding(tensor: Weights, experts: number, dimensions: number): Weights {
  const { shape } = tensor;
  if (shape.length === dimensions && shape[0] === experts) return tensor;
  throw unfit(tensor, `does not hold ${experts} experts`);
}

function stack(tensors: readonly Weights[]): Weights {
  const [first] = tensors;
  if (first === undefined) throw new RangeError("no experts");
  const odd = tensors.find(({ shape }) => shape.join() !== first.shape.join());
  if (odd) throw unfit(odd, `is an expert of another shape than [${first.shape.join(", ")}]`);
  return joined(tensors, [tensors.length, ...first.shape]);
}
