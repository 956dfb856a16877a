// The error for a model that does not fit, with the lever that would make it.
import { listCatalog, resolveCatalog } from "../catalog/catalog.js";
import { OslmError } from "../errors.js";
import { usableRam, usableVram } from "../fit/capacity.js";
import type { LoadPlan, NoLoadPlan } from "../fit/plan-load.js";
import { type ModelRef, parseRef } from "../model/ref.js";
import type { Bytes, Host } from "../model/types.js";

/**
 * @param retry the command that failed, without flags: `oslm pull qwen2`
 * @param further other ways out, nearest first; with the lever the first three are told
 * @param smaller a quantization of the same model that does fit, with its context
 */
export function doesNotFit(
  { ref, quant, retry }: { readonly ref: string; readonly quant: string; readonly retry: string },
  plan: NoLoadPlan,
  smaller: { readonly quant: string; readonly ctx: number } | null = null,
  further: readonly string[] = [],
): OslmError<"does-not-fit"> {
  const { shortage, instead, estimate } = plan;
  const lever = smaller ?? (instead && { quant, ctx: instead.ctx });
  const flags = lever && [
    ...(lever.quant === quant ? [] : [`--quant ${lever.quant.toLowerCase()}`]),
    ...(lever.ctx === estimate.ctx ? [] : [`--ctx ${lever.ctx}`]),
  ];
  const first = flags ? [retry, ...flags].join(" ") : smallerSize(parseRef(ref), shortage.have);
  const ways = [...(flags && first ? [first] : []), ...further, ...(!flags && first ? [first] : [])].slice(0, 3);
  return new OslmError("does-not-fit", {
    ref,
    quant,
    ctx: estimate.ctx,
    need: shortage.need,
    have: shortage.have,
    device: shortage.device === "ram" ? "RAM" : `VRAM (${shortage.device})`,
    instead: ways[0] ?? null,
    ways,
  });
}

/** The same when the memory ran out although the plan had fitted, or was forced. @param host as it is now @param engine its words */
export function ranOut(
  { ref, quant, retry }: { readonly ref: string; readonly quant: string; readonly retry: string },
  { estimate, gpuLayers }: LoadPlan,
  host: Host,
  engine: string,
): OslmError<"does-not-fit"> {
  const [inRam, onGpu] = estimate.perDevice;
  const gpu = host.gpus[0];
  const where =
    gpuLayers > 0 && gpu && onGpu
      ? { device: "VRAM (gpu0)", need: onGpu.bytes, have: usableVram(gpu, host) }
      : undefined;
  const { device, need, have } = where ?? {
    device: "RAM",
    need: inRam?.bytes ?? estimate.total,
    have: usableRam(host),
  };
  const shorter = estimate.ctx > 1024 ? [`${retry} --ctx ${2 ** Math.ceil(Math.log2(estimate.ctx) - 1)}`] : [];
  const ways = [...shorter, "close other programs", ...(gpuLayers > 0 ? [`${retry} --gpu none`] : [])];
  return new OslmError("does-not-fit", {
    ref,
    quant,
    ctx: estimate.ctx,
    need,
    have,
    device,
    instead: ways[0] ?? null,
    ways,
    engine,
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
