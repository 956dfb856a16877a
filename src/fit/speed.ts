// How fast a load will write: each token reads all active weights and the whole cache once, so memory bandwidth decides.
import type { Geometry } from "../gguf/geometry.js";
import type { Bytes, Gpu, Host } from "../model/types.js";
import { gpuBandwidth } from "./gpu-bandwidth.js";
import { chooseBatch } from "./load-policy.js";
import { type LoadSettings, layerCacheBytes } from "./memory.js";
import { activeShare } from "./weights.js";

const GB = 1_000_000_000;

/** Where nothing was measured: two channels of DDR4-3200 deliver 51 GB/s on paper, about 40 in practice. */
export const USUAL_BANDWIDTH = 40 * GB;
/** A core cannot unpack more of it: 1.1B Q4_K_M (668 MB) ran at 16.8 tokens/s on one, 24-29 on two, which is 11 and 8-9.5 GB/s each. */
const CORE_BANDWIDTH = 9 * GB;
/** Sampling, and the way through the engine's threads: a model of 260,000 parameters takes 0.9-1.5 ms per token. */
const TOKEN_SECONDS = 0.001;

/** About the pace at which people read. */
export const READING_SPEED = 10;

/** Every machine reads 100 MB more than ten times a second: for smaller models its speed decides nothing. */
export function asksForSpeed(size: Bytes): boolean {
  return size > 100_000_000;
}

/** Bytes per second that decoding gets out of RAM on so many cores, of what the memory delivers. */
export function decodingBandwidth(cores: number, measured = USUAL_BANDWIDTH): number {
  return Math.min(measured, CORE_BANDWIDTH * Math.max(1, cores));
}

export interface BytesPerToken {
  /** By the processor, out of RAM. */
  readonly ram: Bytes;
  /** By GPUs, out of their own memory. */
  readonly gpu: Bytes;
}

/**
 * What one token reads when the context is full: weights once (of experts only the active share, of the embeddings one row, which is
 * nothing) and the cache. The cache counts as F16 whatever its type: a quantized one saves memory, not time, since its values are
 * unpacked on each read.
 */
export function bytesPerToken(
  geometry: Geometry,
  { weights, gpuLayers, ctx }: Pick<LoadSettings, "weights" | "gpuLayers" | "ctx">,
): BytesPerToken {
  const first = geometry.blocks + 1 - Math.min(gpuLayers, geometry.blocks + 1);
  const share = activeShare(geometry);
  const settings = { ctx, kvType: "f16", batch: chooseBatch(gpuLayers) } as const;
  const layers = weights.layers.map((bytes, layer) => {
    const cache = geometry.perLayer[layer];
    return bytes * share + (cache ? layerCacheBytes(cache, geometry, settings) : 0);
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const outputOnGpu = gpuLayers > 0;
  return {
    ram: sum(layers.slice(0, first)) + (outputOnGpu ? 0 : weights.output),
    gpu: sum(layers.slice(first)) + (outputOnGpu ? weights.output : 0),
  };
}

/** Tokens per second with a full context; an estimate, to one decimal below 100. Reading the prompt is not in it. */
export function expectedTokensPerSecond(
  geometry: Geometry,
  load: Pick<LoadSettings, "weights" | "gpuLayers" | "ctx">,
  host: Host,
): number {
  const { gpus } = host;
  const { ram, gpu } = bytesPerToken(geometry, { ...load, gpuLayers: gpus.length === 0 ? 0 : load.gpuLayers });
  const bandwidth = host.bandwidth ?? decodingBandwidth(host.cores);
  const seconds = TOKEN_SECONDS + ram / bandwidth + gpuSeconds(gpu, gpus);
  const speed = 1 / seconds;
  return speed < 100 ? Math.round(speed * 10) / 10 : Math.round(speed);
}

/** One after the other: each reads its share, which follows its free memory. */
function gpuSeconds(bytes: Bytes, gpus: readonly Gpu[]): number {
  const free = gpus.reduce((sum, { vramFree }) => sum + vramFree, 0);
  const part = (gpu: Gpu) => (free > 0 ? gpu.vramFree / free : 1 / gpus.length);
  return gpus.reduce((sum, gpu) => sum + (bytes * part(gpu)) / gpuBandwidth(gpu), 0);
}
