// What would make a load fit that does not, found by planning it again: nothing is named here that was not seen to fit.
import type { Bytes, Host } from "../model/types.js";
import { marginOf, ramNeeded, usableRam } from "./capacity.js";
import { type LoadWishes, type NoLoadPlan, type PlanSubject, planLoad } from "./plan-load.js";

/** A load that was planned and does not fit. */
export interface Refused {
  readonly subject: PlanSubject;
  readonly host: Host;
  readonly wishes: LoadWishes;
  readonly plan: NoLoadPlan;
}

const STEP: Bytes = 1_000_000;

/**
 * So much more memory, free on the device that is short, would make it fit, the margin included; in whole megabytes. Null where more
 * than the device has, or than is free of it above a limit, would be needed, or another one is too small as well.
 */
export function missingMemory({ subject, host, wishes, plan }: Refused): Bytes | null {
  const { device, need } = plan.shortage;
  const enough = Math.ceil(need / (1 - marginOf(host)));
  const more = (free: Bytes): Bytes => Math.ceil((enough - free) / STEP) * STEP;
  if (device === "ram") {
    const ramAvailable = host.ramAvailable + more(host.ramAvailable);
    if (ramAvailable > (host.ramLimit?.without ?? host.ramTotal)) return null;
    return planLoad(subject, { ...host, ramAvailable }, wishes).fits ? more(host.ramAvailable) : null;
  }
  const at = Number(device.slice(3));
  const gpu = host.gpus[at];
  if (gpu === undefined) return null;
  const vramFree = gpu.vramFree + more(gpu.vramFree);
  if (vramFree > gpu.vramTotal) return null;
  const gpus = host.gpus.map((one, index) => (index === at ? { ...one, vramFree } : one));
  return planLoad(subject, { ...host, gpus }, wishes).fits ? more(gpu.vramFree) : null;
}

/** Does it fit when the layers on the GPU, of which a number was asked for, are left to the plan? */
export function fitsWithAnyLayers({ subject, host, wishes }: Omit<Refused, "plan">): boolean {
  const { gpuLayers: asked, ...left } = wishes;
  const { gpuLayers: set, ...open } = host;
  return (asked ?? set ?? 0) > 0 && planLoad(subject, open, left).fits;
}

/**
 * May a forced load succeed? Where only the margin is missing; and where all but the weights fits, since the system can drop pages of a
 * mapped file. Never on a GPU, nor below a limit on addresses, which counts mapped pages too.
 */
export function canForce({ subject, host, plan }: Refused): boolean {
  const { estimate, shortage } = plan;
  if (shortage.device !== "ram" || estimate.gpuLayers > 0) return false;
  const need = ramNeeded(estimate);
  if (need <= host.ramAvailable) return true;
  const { always, mapped } = subject.weights.copies;
  return host.mayMap !== false && need - subject.weights.total + always + mapped <= usableRam(host);
}
