// How fast a load will write: every token reads all active weights once, so memory bandwidth decides.
import type { Geometry } from "../gguf/geometry.js";
import type { Gpu, Host } from "../model/types.js";
import type { LoadSettings } from "./memory.js";
import { activeShare } from "./weights.js";

const GB = 1_000_000_000;

/** Two channels of DDR4-3200 deliver 51 GB/s on paper, about 40 in practice. */
const RAM_BYTES_PER_SECOND = 40 * GB;
/** One core cannot take all of it: 1.1B Q4_K_M (668 MB) ran at 16.8 tokens/s on one, 24-28 on two, which is 11 and 8-9.5 GB/s each. */
const CORE_BYTES_PER_SECOND = 9 * GB;
/** Round figures for ordinary cards, not for the best: an RTX 3060 has 360 GB/s, an M-series chip 100 and up. Not measured. */
const GPU_BYTES_PER_SECOND: Readonly<Record<Gpu["backend"], number>> = {
  cuda: 300 * GB,
  vulkan: 200 * GB,
  metal: 100 * GB,
};

/** About the pace at which people read. */
export const READING_SPEED = 10;

/** Tokens per second, to be read as an order of magnitude: caches, prompts and the cost of computing are left out. */
export function expectedTokensPerSecond(
  geometry: Geometry,
  { weights, gpuLayers }: Pick<LoadSettings, "weights" | "gpuLayers">,
  host: Host,
): number {
  const gpu = host.gpus[0];
  const onGpu = gpu === undefined ? 0 : Math.min(gpuLayers, geometry.blocks + 1);
  const first = geometry.blocks + 1 - onGpu;
  const share = activeShare(geometry);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) * share;
  const gpuBytes = onGpu === 0 ? 0 : sum(weights.layers.slice(first)) + weights.output;
  const ramBytes = sum(weights.layers.slice(0, first)) + (onGpu === 0 ? weights.output : 0);
  const ramSpeed = Math.min(RAM_BYTES_PER_SECOND, CORE_BYTES_PER_SECOND * Math.max(1, host.cores));
  const gpuSpeed = gpu === undefined ? ramSpeed : GPU_BYTES_PER_SECOND[gpu.backend];
  const seconds = gpuBytes / gpuSpeed + ramBytes / ramSpeed;
  return seconds > 0 ? Math.round(10 / seconds) / 10 : 0;
}
