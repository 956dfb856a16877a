// The error for a model that does not fit, with the nearest ways out.
import { OslmError } from "../../errors.js";
import { usableRam, usableVram } from "../../fit/capacity.js";
import type { LoadPlan, NoLoadPlan } from "../../fit/plan-load.js";
import type { Host } from "../../model/types.js";

interface Named {
  readonly ref: string;
  readonly quant: string;
}

/** @param ways nearest first, of ways-out.ts */
export function doesNotFit(
  { ref, quant }: Named,
  { shortage, estimate }: NoLoadPlan,
  ways: readonly string[],
): OslmError<"does-not-fit"> {
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
  { ref, quant }: Named,
  { estimate, gpuLayers }: LoadPlan,
  host: Host,
  { engine, ways }: { readonly engine: string; readonly ways: readonly string[] },
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
