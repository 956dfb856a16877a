import { describe, expect, it } from "vitest";
import { computeBytes, estimate, layerCacheBytes, mappedExtra } from "../../src/fit/memory.js";
import { processBytes } from "../../src/fit/overhead.js";
import { activeShare, guessWeights, parameterCount, weightsOf } from "../../src/fit/weights.js";
import { geometryOf } from "../../src/gguf/geometry.js";
import { readHeader } from "../../src/gguf/header.js";
import { memorySource } from "../../src/gguf/source.js";
import type { Gpu } from "../../src/model/types.js";
import { fileSource } from "../../src/store/file-source.js";
import { geometryFrom, knownGeometry } from "../support/geometries.js";
import { writeGguf } from "../support/gguf-writer.js";
import { shape } from "../support/model-shape.js";
import { sharedGgufs } from "../support/shared.js";
import { ENGINE_FIGURES } from "./engine-figures.js";

const MIB = 2 ** 20;
const NO_WEIGHTS = {
  total: 0,
  input: 0,
  output: 0,
  tied: false,
  layers: [],
  copies: { always: 0, mapped: 0, released: 0 },
};
const gpu = (gib: number): Gpu => ({
  name: "card",
  backend: "cuda",
  vramTotal: gib * 2 ** 30,
  vramFree: gib * 2 ** 30,
});

describe("against the engine's own figures", () => {
  const cases = ENGINE_FIGURES.flatMap(({ id, contexts }) => contexts.map((context) => [id, ...context] as const));

  it.each(cases)("%s at %d, batch %d, %s: %d MiB of cache and buffers", async (id, ctx, batch, kvType, engine) => {
    const geometry = await knownGeometry(id);
    const { kvCache } = estimate(geometry, { weights: NO_WEIGHTS, ctx, batch, kvType, gpuLayers: 0 });
    const ours = (kvCache + computeBytes(geometry, { ctx, kvType, batch, outputs: batch })) / MIB;
    // Dense models and ordinary mixtures of experts: the engine's figure itself (it is printed to 0.01 MiB).
    const plain = /llama|qwen|mixtral/.test(id) && kvType === "f16";
    if (plain) expect(ours).toBeCloseTo(engine, 1);
    // The rest: never more than 15 MiB short (the overhead's rounding covers that), never more than 32 above.
    expect(ours).toBeGreaterThan(engine - 15);
    expect(ours).toBeLessThan(engine + 32.5);
  });
});

it("counts 22,528 bytes of cache per token of TinyLlama, as measured", async () => {
  const geometry = await knownGeometry("tinyllama");
  const at = (ctx: number) => estimate(geometry, { weights: NO_WEIGHTS, ctx, kvType: "f16", gpuLayers: 0 }).kvCache;
  expect(at(2048)).toBe(2048 * 22_528);
  expect(at(8192) - at(2048)).toBe(6144 * 22_528);
});

it("takes off a mapped file's second copy no more of what was released than cache and buffers take again", async () => {
  const geometry = await knownGeometry("llama3.1-8b");
  const extra = (released: number, gpuLayers = 0) => {
    const weights = { ...NO_WEIGHTS, copies: { always: 0, mapped: 1000, released } };
    return mappedExtra(geometry, weights, { gpuLayers, kvCache: 30, compute: 10 });
  };
  expect([extra(0), extra(40), extra(500)]).toEqual([1000, 960, 960]);
  expect(extra(500, geometry.blocks + 1)).toBe(0);
});

describe("estimate", () => {
  it("adds up, item by item and device by device", async () => {
    const geometry = await knownGeometry("llama3.1-8b");
    const weights = guessWeights(geometry, 4_900_000_000);
    for (const [gpuLayers, gpus] of [
      [0, []],
      [10, [gpu(8)]],
      [33, [gpu(24), gpu(8)]],
    ] as const) {
      const result = estimate(geometry, {
        weights,
        ctx: 8192,
        kvType: "f16",
        gpuLayers,
        gpus,
        projector: 600,
        draft: 400,
      });
      const { total, kvCache, compute, projector, draft, overhead, perDevice } = result;
      const items = result.weights + kvCache + compute + projector + draft + overhead;
      expect(Math.abs(total - items)).toBeLessThan(gpus.length + 2);
      expect(perDevice.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total);
      expect(perDevice.map(({ device }) => device)).toEqual(["ram", ...gpus.map((_, i) => `gpu${i}`)]);
    }
  });

  it("moves layers and their cache to the GPU, most of all with the last", async () => {
    const geometry = await knownGeometry("llama3.1-8b");
    const weights = guessWeights(geometry, 4_900_000_000);
    const at = (gpuLayers: number) =>
      estimate(geometry, { weights, ctx: 8192, kvType: "f16", gpuLayers, gpus: [gpu(24)] });
    const ram = (gpuLayers: number) => at(gpuLayers).perDevice[0]?.bytes ?? 0;
    const vram = (gpuLayers: number) => at(gpuLayers).perDevice[1]?.bytes ?? 0;
    const layer = (weights.layers[0] ?? 0) + 8192 * 4096;
    expect(vram(11) - vram(10)).toBe(layer);
    expect(ram(10) - ram(11)).toBe(layer);
    expect(vram(33)).toBeGreaterThan(0.8 * 4_900_000_000);
    expect(ram(33)).toBeLessThan(ram(32) - layer);
    expect(at(99)).toEqual(at(33));
    expect(at(0).perDevice).toHaveLength(1);
  });

  it("shares layers among GPUs by their free memory", async () => {
    const geometry = await knownGeometry("llama3.1-8b");
    const weights = { ...guessWeights(geometry, 4_900_000_000) };
    const { perDevice } = estimate(geometry, {
      weights,
      ctx: 2048,
      kvType: "f16",
      gpuLayers: 33,
      gpus: [gpu(24), gpu(8)],
    });
    const [, large, small] = perDevice.map(
      ({ bytes }) => bytes - 400 * MIB - computeBytes(geometry, { ctx: 2048, kvType: "f16", batch: 512, outputs: 512 }),
    );
    expect((large ?? 0) / (small ?? 1)).toBeCloseTo(3, 2);
  });

  it("holds tied embeddings twice once the head is on the GPU", async () => {
    const geometry = await knownGeometry("llama3.2-1b");
    const weights = { ...guessWeights(geometry, 800_000_000), tied: true };
    const on = (gpuLayers: number) =>
      estimate(geometry, { weights, ctx: 2048, kvType: "f16", gpuLayers, gpus: [gpu(8)] }).weights;
    expect(on(17) - on(0)).toBe(weights.input);
  });

  it("rounds contexts up to 256 cells and ends sliding caches at window and batch", async () => {
    const geometry = await knownGeometry("gemma3-4b");
    const [sliding, , , , , full] = geometry.perLayer;
    if (sliding === undefined || full === undefined) throw new Error("no layers");
    const cells = (layer: typeof sliding, ctx: number, batch = 512) =>
      layerCacheBytes(layer, geometry, { ctx, kvType: "f16", batch }) / 4096;
    expect(cells(full, 1000)).toBe(1024);
    expect(cells(full, 100_000)).toBe(100_096);
    expect(cells(sliding, 100_000)).toBe(1536);
    expect(cells(sliding, 100_000, 100)).toBe(1280);
    expect(cells(sliding, 1000)).toBe(1024);
  });

  it("a quantized cache takes 34 and 18 bytes per 32 values", async () => {
    const geometry = await knownGeometry("tinyllama");
    const kv = (kvType: "f16" | "q8_0" | "q4_0") =>
      estimate(geometry, { weights: NO_WEIGHTS, ctx: 2048, kvType, gpuLayers: 0 }).kvCache;
    expect(kv("q8_0") / kv("f16")).toBeCloseTo(34 / 64, 6);
    expect(kv("q4_0") / kv("f16")).toBeCloseTo(18 / 64, 6);
  });

  it("a quantized cache makes the buffers larger, as the engine does", async () => {
    const geometry = await knownGeometry("tinyllama");
    const at = (kvType: "f16" | "q8_0") =>
      computeBytes(geometry, { ctx: 8192, kvType, batch: 512, outputs: 512 }) / MIB;
    expect(at("f16")).toBe(70.5);
    expect(at("q8_0")).toBe(74.5);
  });

  it("a state does not grow with the context", async () => {
    const ssm = {
      "ssm.conv_kernel": 4,
      "ssm.inner_size": 128,
      "ssm.state_size": 16,
      "attention.head_count": 0,
      "attention.head_count_kv": 0,
    };
    const mamba = await geometryFrom(
      shape({ arch: "mamba", layers: 4, width: 64, heads: 0, kvHeads: 0, head: 0, ffn: 0, vocab: 99, more: ssm }),
    );
    const kv = (ctx: number) => estimate(mamba, { weights: NO_WEIGHTS, ctx, kvType: "f16", gpuLayers: 0 }).kvCache;
    expect(kv(1024)).toBe(4 * (3 * 128 + 16 * 128) * 4);
    expect(kv(65_536)).toBe(kv(1024));
  });

  it("has room for the buffer through which a kept prompt goes, unless none is kept", async () => {
    const geometry = await knownGeometry("llama3.1-8b");
    const overhead = (more: object) =>
      estimate(geometry, { weights: NO_WEIGHTS, ctx: 8192, kvType: "f16", gpuLayers: 0, ...more }).overhead;
    const process = (ctx: number) => processBytes(geometry, { ctx });
    // One layer's keys: 8 heads of 128 values, 2 bytes each.
    expect(overhead({}) - process(8192)).toBe(8192 * 8 * 128 * 2);
    expect(overhead({ sequences: 2 }) - process(2 * 8192)).toBe(0);
    expect(overhead({ embedding: true }) - process(8192)).toBe(0);
  });

  it("never comes out below the process itself", async () => {
    const geometry = await knownGeometry("tinyllama");
    expect(
      estimate(geometry, { weights: NO_WEIGHTS, ctx: 1, kvType: "q4_0", batch: 1, gpuLayers: 0 }).total,
    ).toBeGreaterThan(processBytes(geometry, { ctx: 1 }));
  });
});

describe("weights", () => {
  it("are taken from the tensors' names", async () => {
    const tensors = [
      { name: "token_embd.weight", dims: [64, 10] },
      { name: "blk.0.attn_q.weight", dims: [64, 64] },
      { name: "blk.1.attn_q.weight", dims: [64, 32] },
      { name: "output_norm.weight", dims: [64] },
    ];
    const metadata = shape({ arch: "llama", layers: 2, width: 64, heads: 8, kvHeads: 8, head: 8, ffn: 9, vocab: 10 });
    const header = await readHeader(memorySource(writeGguf({ metadata, tensors })), { name: "x" });
    const tied = weightsOf([header], geometryOf(header), "x64");
    expect(tied).toEqual({
      total: 27_392,
      input: 2560,
      output: 256 + 2560,
      tied: true,
      layers: [16_384, 8192],
      copies: { always: 0, mapped: 0, released: 0 },
    });
    const own = writeGguf({ metadata, tensors: [...tensors, { name: "output.weight", dims: [64, 10] }] });
    const other = await readHeader(memorySource(own), { name: "x" });
    expect(weightsOf([other], geometryOf(other), "x64")).toMatchObject({
      total: 29_952,
      output: 256 + 2560,
      tied: false,
    });
  });

  const models = sharedGgufs("models");
  it.skipIf(models.length === 0)("of a real file come to its size", async () => {
    for (const path of models) {
      const source = await fileSource(path);
      const header = await readHeader(source, { name: path });
      const { total } = weightsOf([header], geometryOf(header), "x64");
      expect(total / source.size).toBeGreaterThan(0.98);
      expect(total).toBeLessThan(source.size);
    }
  });

  // Parameters in billions, all and active, as published.
  it.each([
    ["llama3.1-8b", 8.03, 8.03],
    ["llama3-70b", 70.55, 70.55],
    ["qwen3-8b", 8.19, 8.19],
    ["mixtral-8x7b", 46.7, 12.9],
    ["qwen3-30b-a3b", 30.53, 3.3],
    ["gpt-oss-20b", 20.9, 3.6],
  ])("of %s are counted within 10 %%: %d billion, %d active", async (id, all, active) => {
    const geometry = await knownGeometry(id);
    const count = parameterCount(geometry) / 1e9;
    expect(count / all).toBeGreaterThan(0.9);
    expect(count / all).toBeLessThan(1.1);
    expect((count * activeShare(geometry)) / active).toBeGreaterThan(0.85);
    expect((count * activeShare(geometry)) / active).toBeLessThan(1.25);
  });

  it("guessed from the size add up to it", async () => {
    const guess = guessWeights(await knownGeometry("qwen2.5-0.5b"), 400_000_000);
    const sum = guess.layers.reduce((total, bytes) => total + bytes, guess.input + guess.output);
    expect(Math.abs(sum - 400_000_000)).toBeLessThan(100);
  });
});
