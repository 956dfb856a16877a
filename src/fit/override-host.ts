// `--ram`, `--vram`, `--bandwidth` and `--margin`: a host of another size, for "what fits an 8 GB laptop?".
import type { Bytes, Host } from "../model/types.js";

export interface HostOverride {
  readonly ram?: Bytes;
  /** 0 means no GPU. */
  readonly vram?: Bytes;
  /** Bytes per second out of RAM. */
  readonly bandwidth?: number;
  /** Share of each memory to leave free. */
  readonly margin?: number;
}

/** The given sizes are all there is and all of it is free. Without a real GPU, `vram` makes up one. */
export function overrideHost(host: Host, { ram, vram, bandwidth, margin }: HostOverride): Host {
  const [first] = host.gpus;
  const gpu = { name: first?.name ?? "GPU", backend: first?.backend ?? "cuda" } as const;
  return {
    ...host,
    ...(ram === undefined ? {} : { ramTotal: ram, ramAvailable: ram }),
    ...(vram === undefined ? {} : { gpus: vram === 0 ? [] : [{ ...gpu, vramTotal: vram, vramFree: vram }] }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(margin === undefined ? {} : { margin }),
  };
}
