import { describe, expect, it } from "vitest";
import { gpuBandwidth } from "../../src/fit/gpu-bandwidth.js";
import { bytesPerToken, decodingBandwidth, expectedTokensPerSecond } from "../../src/fit/speed.js";
import { guessWeights } from "../../src/fit/weights.js";
import type { Gpu, Host } from "../../src/model/types.js";
import { knownGeometry } from "../support/geometries.js";

const GB = 1_000_000_000;
const host = (cores = 8, gpus: readonly Gpu[] = [], bandwidth?: number): Host => ({
  ramTotal: 64 * GB,
  ramAvailable: 64 * GB,
  gpus,
  cores,
  ...(bandwidth && { bandwidth }),
});
const card = (name: string, vramFree = 24 * GB): Gpu => ({ name, backend: "cuda", vramTotal: vramFree, vramFree });

async function load(id: string, size: number, gpuLayers = 0, ctx = 8192) {
  const geometry = await knownGeometry(id);
  return { geometry, load: { weights: guessWeights(geometry, size), gpuLayers, ctx } };
}
async function speed(on: Host, ...subject: Parameters<typeof load>): Promise<number> {
  const one = await load(...subject);
  return expectedTokensPerSecond(one.geometry, one.load, on);
}

describe("expectedTokensPerSecond", () => {
  // 1.1B Q4_K_M after a prompt of 256 tokens; llama-bench, and the engine with one thread in libuv's pool.
  it.each([
    [1, 16.8],
    [2, 28.6],
  ])("on %d cores is within a fifth of the measured %d tokens/s", async (cores, measured) => {
    const predicted = await speed(host(cores), "tinyllama", 668_000_000, 0, 304);
    expect(Math.abs(predicted / measured - 1)).toBeLessThan(0.2);
  });

  it("knows that a tiny model has a cost per token that is no reading", async () => {
    expect(await speed(host(8), "tinyllama", 1_000_000, 0, 256)).toBeGreaterThan(500);
    expect(await speed(host(8), "tinyllama", 1, 0, 256)).toBeLessThan(1000);
  });

  it("follows size, cores, bandwidth, context and the share of experts", async () => {
    expect(await speed(host(), "llama3.1-8b", 8.5 * GB)).toBeLessThan(await speed(host(), "llama3.1-8b", 4.9 * GB));
    expect(await speed(host(64), "llama3.1-8b", 4.9 * GB)).toBe(await speed(host(8), "llama3.1-8b", 4.9 * GB));
    expect(await speed(host(2), "llama3.1-8b", 4.9 * GB)).toBeLessThan(await speed(host(8), "llama3.1-8b", 4.9 * GB));
    const fast = await speed(host(2, [], 80 * GB), "llama3.1-8b", 4.9 * GB);
    expect(fast / (await speed(host(2, [], 40 * GB), "llama3.1-8b", 4.9 * GB))).toBeCloseTo(2, 1);
    expect(await speed(host(), "llama3.1-8b", 4.9 * GB, 0, 131_072)).toBeLessThan(
      (await speed(host(), "llama3.1-8b", 4.9 * GB)) / 2,
    );
    expect(await speed(host(), "qwen3-30b-a3b", 18.6 * GB)).toBeGreaterThan(10);
    expect(await speed(host(), "qwen2.5-7b", 18.6 * GB)).toBeLessThan(3);
  });

  it("tells GPUs apart by their names", async () => {
    const on = (name: string) => speed(host(8, [card(name)]), "llama3.1-8b", 4.9 * GB, 33);
    expect(await on("NVIDIA GeForce RTX 4090")).toBeGreaterThan(1.7 * (await on("NVIDIA GeForce RTX 4070 Ti")));
    expect(await on("Some New Board")).toBeGreaterThan(30);
    expect(gpuBandwidth(card("NVIDIA GeForce RTX 4060 Ti"))).not.toBe(gpuBandwidth(card("NVIDIA GeForce RTX 4060")));
    // H100 is not in H1000, L4 not in L40.
    expect(gpuBandwidth(card("NVIDIA L4"))).toBe(300 * 0.65 * GB);
    expect(gpuBandwidth(card("NVIDIA L40-48Q"))).toBe(864 * 0.65 * GB);
  });
});

describe("bytesPerToken", () => {
  it("is the weights without the embeddings, and the cache, each on its device", async () => {
    const { geometry, load: all } = await load("llama3.1-8b", 4.9 * GB);
    const cache = 32 * 2 * 8 * 128 * 8192 * 2;
    const { weights } = all;
    expect(bytesPerToken(geometry, all)).toEqual({
      ram: expect.closeTo(weights.total - weights.input + cache, -3),
      gpu: 0,
    });
    const half = bytesPerToken(geometry, { ...all, gpuLayers: 17 });
    expect(half.ram).toBeCloseTo(half.gpu - weights.output, -3);
    expect(half.ram + half.gpu).toBeCloseTo(weights.total - weights.input + cache, -3);
    expect(bytesPerToken(geometry, { ...all, gpuLayers: 33 }).ram).toBe(0);
  });

  it("reads a sliding window, not the whole context, and of experts the active ones", async () => {
    const { geometry, load: short } = await load("gemma3-4b", GB, 0, 8192);
    const more = bytesPerToken(geometry, { ...short, ctx: 65_536 }).ram - bytesPerToken(geometry, short).ram;
    // 5 or 6 of 34 layers see everything.
    const full = geometry.perLayer.filter(({ sliding }) => !sliding);
    const [layer] = full;
    expect(full.length).toBeLessThan(7);
    expect(more).toBe(full.length * ((layer?.keyValues ?? 0) + (layer?.valueValues ?? 0)) * 2 * (65_536 - 8192));
    const mixture = await load("mixtral-8x7b", 26 * GB);
    expect(bytesPerToken(mixture.geometry, mixture.load).ram).toBeLessThan(9 * GB);
  });
});

it("decoding gets no more out of memory than the cores can take", () => {
  expect(decodingBandwidth(2, 100 * GB)).toBe(18 * GB);
  expect(decodingBandwidth(32, 100 * GB)).toBe(100 * GB);
});
