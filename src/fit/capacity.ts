// What of a host's memory a load may use, and whether an estimate stays within it.
import type { Bytes, Estimate, Gpu, Host } from "../model/types.js";

/** Share of what is available now that is left free: for the system, and for what this estimate does not see. */
const MARGIN = 0.05;

export function marginOf({ margin = MARGIN }: Pick<Host, "margin">): number {
  return margin;
}

export interface Shortage {
  readonly device: string;
  readonly need: Bytes;
  readonly have: Bytes;
}

/** Bytes of RAM a load may take. */
export function usableRam(host: Host): Bytes {
  return Math.floor(host.ramAvailable * (1 - marginOf(host)));
}

/** Bytes of one GPU a load may take. */
export function usableVram({ vramFree }: Gpu, host: Pick<Host, "margin">): Bytes {
  return Math.floor(vramFree * (1 - marginOf(host)));
}

/** What an estimate takes of the RAM. */
export function ramNeeded({ perDevice, total }: Estimate): Bytes {
  return perDevice[0]?.bytes ?? total;
}

/** The first device that is too small, or null when the estimate fits. An Apple GPU's memory is the RAM: both count against it. */
export function findShortage({ perDevice, total }: Estimate, host: Host): Shortage | null {
  const unified = host.gpus.some(({ backend }) => backend === "metal");
  for (const { device, bytes } of perDevice) {
    const gpu = device === "ram" ? undefined : host.gpus[Number(device.slice(3))];
    const need = device === "ram" && unified ? total : bytes;
    const have = gpu === undefined ? usableRam(host) : usableVram(gpu, host);
    if (need > have) return { device, need, have };
  }
  return null;
}

/** Do the GPUs hold their share, whatever is left for the RAM? */
export function gpusHold(estimate: Estimate, host: Host): boolean {
  return findShortage({ ...estimate, perDevice: estimate.perDevice.slice(1) }, host) === null;
}
