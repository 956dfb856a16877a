// The error for a model that does not fit, with the lever that would make it.
import { OslmError } from "../errors.js";
import type { NoLoadPlan } from "../fit/plan-load.js";

/** @param smaller a quantization of the same model that does fit, with its context */
export function doesNotFit(
  ref: string,
  quant: string,
  plan: NoLoadPlan,
  smaller: { readonly quant: string; readonly ctx: number } | null = null,
): OslmError<"does-not-fit"> {
  const { shortage, instead, estimate } = plan;
  const lever = smaller ?? (instead && { quant, ctx: instead.ctx });
  const flags = lever && [
    ...(lever.quant === quant ? [] : [`--quant ${lever.quant.toLowerCase()}`]),
    ...(lever.ctx === estimate.ctx ? [] : [`--ctx ${lever.ctx}`]),
  ];
  return new OslmError("does-not-fit", {
    ref,
    quant,
    ctx: estimate.ctx,
    need: shortage.need,
    have: shortage.have,
    device: shortage.device === "ram" ? "RAM" : `VRAM (${shortage.device})`,
    instead: flags && flags.length > 0 ? `the same command with ${flags.join(" ")}` : null,
  });
}
