// How much memory a load will take, item by item. Compared with the engine's own simulation in test/fit/memory.test.ts.
import type { Geometry, LayerGeometry } from "../gguf/geometry.js";
import type { Bytes, Estimate, Gpu, Tokens } from "../model/types.js";
import { chooseBatch } from "./load-policy.js";
import { processBytes } from "./overhead.js";
import type { Weights } from "./weights.js";

const MIB = 2 ** 20;

export type KvType = Estimate["kvType"];

/** Bytes per cached value: 2, or blocks of 32 values in 34 and 18 bytes (ggml-common.h). */
const KV_VALUE_BYTES: Readonly<Record<KvType, number>> = { f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 };

/** llama.cpp rounds contexts and windows up to it (llama-context.cpp, llama-kv-cache-iswa.cpp). */
const CELL_PADDING = 256;

/** A GPU's driver context and kernels. Not measured: figures of 300-500 MiB are usual for CUDA, less for the others. */
export const GPU_OVERHEAD: Bytes = 400 * MIB;

export interface LoadSettings {
  readonly weights: Weights;
  readonly ctx: Tokens;
  readonly kvType: KvType;
  /** Prompt tokens read in one step; `n_ubatch` and `n_batch` alike, as the engine's binding has it. */
  readonly batch?: Tokens;
  /** As llama.cpp counts: 1 is the output head, each more a block from the last; blocks + 1 is everything. */
  readonly gpuLayers: number;
  readonly gpus?: readonly Gpu[];
  /** For vectors of texts: the head is computed for every token of a batch. */
  readonly embedding?: boolean;
  /** Texts that are computed at once, each with a cache of `ctx` tokens; default 1. */
  readonly sequences?: number;
  /** Files of LoRA adapters, counted among the weights. */
  readonly adapters?: Bytes;
  /** Files of a vision projector and of a draft model, loaded besides. */
  readonly projector?: Bytes;
  readonly draft?: Bytes;
  /** Is the file mapped? Default: read into memory. */
  readonly useMmap?: boolean;
  /** What past loads on this machine took more, or less, than foreseen. */
  readonly correction?: Bytes;
}

type CacheSettings = Pick<LoadSettings, "ctx" | "kvType"> & { readonly batch: Tokens };

function padded(tokens: number): number {
  return Math.ceil(tokens / CELL_PADDING) * CELL_PADDING;
}

type Windows = Pick<Geometry, "slidingWindow">;

/** Cache and state of one layer, in bytes. */
export function layerCacheBytes(layer: LayerGeometry, geometry: Windows, settings: CacheSettings): Bytes {
  return rowsBytes(layer.keyValues + layer.valueValues, layer, geometry, settings) + layer.stateBytes;
}

/** So many values of each token in a layer's cache. */
function rowsBytes(
  values: number,
  { sliding }: LayerGeometry,
  { slidingWindow }: Windows,
  { ctx, kvType, batch }: CacheSettings,
): Bytes {
  const window = sliding ? (slidingWindow?.tokens ?? ctx) + batch : ctx;
  const cells = Math.min(padded(ctx), padded(window));
  return Math.ceil(cells * values * KV_VALUE_BYTES[kvType]);
}

/**
 * An evaluated prompt goes to the disk, and comes from there, through a buffer that holds the keys or the values of one layer
 * (`llama_io_write_file::write_tensor`, llama-context.cpp); by then all the rest is in use.
 */
function keptPromptBytes(geometry: Geometry, settings: CacheSettings): Bytes {
  const largest = geometry.perLayer.map((layer) =>
    Math.max(layer.stateBytes, rowsBytes(Math.max(layer.keyValues, layer.valueValues), layer, geometry, settings)),
  );
  return Math.max(0, ...largest);
}

/**
 * The largest set of intermediate results alive at once, in bytes, flash attention on. All are F32 and `batch` tokens wide; the
 * attention mask is F16 and as long as the context. Fitted to the engine's simulation of 17 geometries (0.3B to 70B, see
 * test/fit/engine-figures.ts). Sliding windows and latent attention leave gaps in the engine's allocator: the 32 MiB.
 */
export function computeBytes(
  geometry: Geometry,
  { ctx, kvType, batch, outputs }: CacheSettings & { readonly outputs: Tokens },
): Bytes {
  const { vocab, width, ffn, experts, heads, headDimK, headDimV, mla, slidingWindow, perLayer } = geometry;
  const forward = Math.max(ffn, experts === null ? 0 : experts.ffn * experts.used);
  // With a quantized cache the engine rotates keys and values first.
  const head = 4 * (outputs * vocab + (outputs * 2 + (kvType === "f16" ? 0 : batch)) * width);
  const mask = perLayer.some(({ keyValues }) => keyValues > 0) ? 2 * padded(ctx) : 0;
  const feedForward = 4 * (3 * forward + 4 * width) + mask;
  const attention = 4 * (heads * (headDimK + headDimV) + 4 * width) + mask;
  const latent = mla === null ? 0 : 4 * heads * headDimK;
  const gaps = slidingWindow !== null || mla !== null ? (32 * MIB) / 512 : 0;
  return Math.ceil(Math.max(head, batch * Math.max(feedForward, attention + latent)) + batch * gaps);
}

/**
 * What a mapped file takes more at the peak: what the processor repacks of its share of the layers is held once more, less what is
 * released before cache and buffers are made.
 */
export function mappedExtra(
  { blocks }: Geometry,
  { copies }: Weights,
  { gpuLayers, kvCache, compute }: Pick<Estimate, "gpuLayers" | "kvCache" | "compute">,
): Bytes {
  const released = Math.min(copies.released, kvCache + compute);
  return Math.round(((copies.mapped - released) * (blocks + 1 - gpuLayers)) / (blocks + 1));
}

/** All of it, and how it lies on the devices. `ram` is the first device; GPUs share layers as llama.cpp does, by their free memory. */
export function estimate(geometry: Geometry, settings: LoadSettings): Estimate {
  const { weights, ctx, kvType, sequences = 1, adapters = 0, projector = 0, draft = 0, gpus = [] } = settings;
  const gpuLayers = gpus.length === 0 ? 0 : Math.min(settings.gpuLayers, geometry.blocks + 1);
  const batch = settings.batch ?? chooseBatch(gpuLayers);
  const firstOnGpu = geometry.blocks + 1 - gpuLayers;
  // Each sequence has all of it; the buffers stay what they are (the engine's simulation of 1, 2 and 8 sequences of four shapes).
  const caches = geometry.perLayer.map((layer) => sequences * layerCacheBytes(layer, geometry, { ctx, kvType, batch }));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const kvCache = sum(caches);
  const gpuWeights = gpuLayers === 0 ? 0 : weights.output + sum(weights.layers.slice(firstOnGpu));
  const gpuCache = gpuLayers === 0 ? 0 : sum(caches.slice(firstOnGpu));
  // With a tied head on the GPU the embeddings are held twice.
  const tiedCopy = gpuLayers > 0 ? (weights.tied ? weights.input : 0) : weights.copies.always;
  // Prompts are kept where one at a time is answered.
  const keeps = sequences === 1 && !settings.embedding;
  const keptPrompt = keeps ? keptPromptBytes(geometry, { ctx, kvType, batch }) : 0;
  const overhead = processBytes(geometry, { ctx: ctx * sequences, correction: settings.correction }) + keptPrompt;
  // The processor's buffers are reserved for logits of a whole batch, but only the last token's are asked for, and memory that is
  // never written to is never taken; a GPU's is.
  const compute = (outputs: Tokens) => computeBytes(geometry, { ctx, kvType, batch, outputs });
  // Each device has its buffers; once all layers are on GPUs the processor's are for the inputs and the mask.
  const inputs = batch * (4 * geometry.width + 2 * padded(ctx));
  const ramCompute = gpuLayers > geometry.blocks ? inputs : compute(settings.embedding ? batch : sequences);
  const mapped = settings.useMmap ? mappedExtra(geometry, weights, { gpuLayers, kvCache, compute: ramCompute }) : 0;
  const held = weights.total + adapters + tiedCopy + mapped;
  const gpuCompute = gpuLayers > 0 ? compute(batch) : 0;
  const usedGpus = gpuLayers > 0 ? gpus : [];
  const free = sum(usedGpus.map(({ vramFree }) => vramFree));
  const onGpus = usedGpus.map(({ vramFree }, index) => {
    const share = free > 0 ? vramFree / free : 1 / usedGpus.length;
    // The projector goes to the first GPU, as in llama.cpp's multimodal library.
    const extra = index === 0 ? projector + draft + adapters : 0;
    return {
      device: `gpu${index}`,
      bytes: Math.ceil((gpuWeights + gpuCache) * share) + gpuCompute + GPU_OVERHEAD + extra,
    };
  });
  // Adapters lie with the weights that they are added to.
  const inRam = onGpus.length > 0 ? -adapters : projector + draft;
  const ram = held - gpuWeights + kvCache - gpuCache + ramCompute + overhead + inRam;
  const perDevice = [{ device: "ram", bytes: Math.ceil(ram) }, ...onGpus];
  return {
    total: sum(perDevice.map(({ bytes }) => bytes)),
    weights: held,
    kvCache,
    compute: ramCompute + gpuCompute * onGpus.length,
    projector,
    draft,
    overhead: overhead + GPU_OVERHEAD * onGpus.length,
    ctx,
    kvType,
    gpuLayers,
    perDevice,
    method: "formula",
  };
}
