// `--ram`, `--vram`, `--gpu`, `--bandwidth` and `--margin`: a host of another size, for "what fits an 8 GB laptop?".
import type { Bytes, Host } from "../model/types.js";

export interface HostOverride {
  readonly ram?: Bytes;
  /** 0 means no GPU. */
  readonly vram?: Bytes;
  /** `none` plans without a GPU; a number puts so many layers on it; `auto`, the default, as many as fit. */
  readonly gpu?: "none" | "auto" | number;
  /** Bytes per second out of RAM. */
  readonly bandwidth?: number;
  /** Share of each memory to leave free. */
  readonly margin?: number;
}

/** The given sizes are all there is and all of it is free. Without a real GPU, `vram` makes up one. */
export function overrideHost(host: Host, { ram, vram, gpu = "auto", bandwidth, margin }: HostOverride): Host {
  const { bandwidthMeasuredAt: _, ...unmeasured } = host;
  const kept = bandwidth === undefined ? host : unmeasured;
  const { ramLimit: __, mayMap: ___, ...unlimited } = kept;
  const [first] = host.gpus;
  const one = { name: first?.name ?? "GPU", backend: first?.backend ?? "cuda" } as const;
  return {
    ...(ram === undefined ? kept : { ...unlimited, ramTotal: ram, ramAvailable: ram }),
    ...(vram === undefined ? {} : { gpus: vram === 0 ? [] : [{ ...one, vramTotal: vram, vramFree: vram }] }),
    ...(gpu === "none" || gpu === 0 ? { gpus: [] } : {}),
    ...(typeof gpu === "number" && gpu > 0 ? { gpuLayers: gpu } : {}),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(margin === undefined ? {} : { margin }),
  };
}

/**
 * An overridden host at a load: sizes that were made up may be smaller than what is free, never larger. What the process may not
 * map, it may not map with less memory either. A GPU that is made up stays: the engine tells that it is not there.
 */
export function withinHost(overridden: Host, real: Host): Host {
  const gpus = overridden.gpus.map((gpu, index) => {
    const free = real.gpus[index]?.vramFree ?? gpu.vramFree;
    return free < gpu.vramFree ? { ...gpu, vramFree: free } : gpu;
  });
  const { ramTotal, ramAvailable, ramLimit, mayMap } = real;
  const loaded = { ...overridden, gpus, ...(mayMap !== undefined && { mayMap }) };
  if (ramAvailable >= overridden.ramAvailable) return loaded;
  return { ...loaded, ramTotal, ramAvailable, ...(ramLimit && { ramLimit }) };
}
