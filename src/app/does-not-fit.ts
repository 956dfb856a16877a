// The error for a model that does not fit, with the lever that would make it.
import { listCatalog, resolveCatalog } from "../catalog/catalog.js";
import { OslmError } from "../errors.js";
import type { NoLoadPlan } from "../fit/plan-load.js";
import { type ModelRef, parseRef } from "../model/ref.js";
import type { Bytes } from "../model/types.js";

/**
 * @param retry the command that failed, without flags: `oslm pull qwen2`
 * @param smaller a quantization of the same model that does fit, with its context
 */
export function doesNotFit(
  { ref, quant, retry }: { readonly ref: string; readonly quant: string; readonly retry: string },
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
    instead: flags ? [retry, ...flags].join(" ") : smallerSize(parseRef(ref), shortage.have),
  });
}

/** Q4_K_M with its cache and buffers at the default context, in bytes per parameter: 4.89 bits (llama.cpp) and a third. */
const BYTES_PER_PARAMETER = (4.89 / 8) * 1.33;

/** The largest size of the same family that ought to fit, as a command; it is weighed properly when it is pulled. */
function smallerSize(ref: ModelRef, have: Bytes): string | null {
  if (ref.kind !== "catalog") return null;
  const asked = resolveCatalog(ref);
  const sizes = listCatalog().find((family) => family.name === asked.family)?.sizes ?? [];
  const [best] = sizes
    .filter(({ params }) => params < asked.params && params * BYTES_PER_PARAMETER < have)
    .sort((a, b) => b.params - a.params);
  return best ? `oslm pull ${asked.family}:${best.size}` : null;
}
