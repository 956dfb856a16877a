import { describe, expect, it } from "vitest";
import { listCatalog } from "../../src/catalog/catalog.js";
import { layerCacheBytes } from "../../src/fit/memory.js";
import { outline } from "../../src/fit/outline.js";
import { bytesPerToken } from "../../src/fit/speed.js";
import { weigh } from "../../src/fit/weigh.js";
import { guessWeights, parameterCount } from "../../src/fit/weights.js";
import type { Geometry } from "../../src/gguf/geometry.js";
import { knownGeometry } from "../support/geometries.js";

const cache = (geometry: Geometry, ctx = 8192): number =>
  geometry.perLayer.reduce(
    (sum, layer) => sum + layerCacheBytes(layer, geometry, { ctx, kvType: "f16", batch: 128 }),
    0,
  );
const sizeOf = (name: string) => {
  const found = listCatalog().flatMap((family) =>
    family.sizes.filter(({ size }) => `${family.name}:${size}` === name),
  )[0];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe("outline", () => {
  it.each([
    ["llama3.1:8b", "llama3.1-8b"],
    ["llama3.2:1b", "llama3.2-1b"],
    ["qwen2.5:0.5b", "qwen2.5-0.5b"],
    ["mixtral:8x7b", "mixtral-8x7b"],
    ["qwen3:30b-a3b", "qwen3-30b-a3b"],
  ])("of %s has the cache of the real header", async (name, figure) => {
    expect(cache(outline(sizeOf(name)))).toBe(cache(await knownGeometry(figure)));
  });

  it("counts layers without a cache, and latent attention, as they are", () => {
    const attention = { layers: 48, kvHeads: 2, headDim: 256 };
    const facts = { params: 80e9, activeParams: 3e9, context: 262_144, attention };
    expect(cache(outline({ ...facts, attention: { ...attention, cacheLayers: 12 } }))).toBe(cache(outline(facts)) / 4);
    const latent = outline({ ...facts, attention: { ...attention, latent: true } });
    expect(cache(latent)).toBe(cache(outline(facts)) / 2);
  });

  it("has the parameters that it was made from, of all of the catalog", () => {
    const off = listCatalog().flatMap(({ name, sizes }) =>
      sizes
        .map((size) => [`${name}:${size.size}`, parameterCount(outline(size)) / size.params] as const)
        .filter(([, ratio]) => Math.abs(ratio - 1) > 0.05),
    );
    expect(off).toEqual([]);
  });

  it("reads of a mixture about the active share", () => {
    const geometry = outline(sizeOf("qwen3:30b-a3b"));
    const load = { weights: guessWeights(geometry, 18.6e9), gpuLayers: 0, ctx: 512 };
    const share = bytesPerToken(geometry, load).ram / 18.6e9;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.2);
  });

  it("keeps the architecture: of gpt-oss MXFP4 is the original, of others a quantization", () => {
    const lossOf = (architecture: string) => {
      const geometry = outline({ ...sizeOf("gpt-oss:20b"), architecture });
      const variant = { quant: "MXFP4", size: 12.1e9, files: [{ path: "x", size: 12.1e9, gitOid: "" }] as const };
      const host = { ramTotal: 32e9, ramAvailable: 32e9, gpus: [], cores: 4 };
      return weigh({ geometry, variant }, host, {}).quality.loss;
    };
    expect(lossOf("gpt-oss")).toBe(0);
    expect(lossOf("llama")).toBeGreaterThan(0.01);
  });

  it("guesses where nothing is known", () => {
    const geometry = outline({ params: 8e9, context: 4096 });
    expect(geometry.layers).toBeGreaterThan(28);
    expect(geometry.layers).toBeLessThan(40);
    expect(geometry.ctxTrain).toBe(4096);
  });
});
