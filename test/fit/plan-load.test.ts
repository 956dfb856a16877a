import { describe, expect, it } from "vitest";
import { findShortage, usableRam } from "../../src/fit/capacity.js";
import { forcePlan } from "../../src/fit/force-plan.js";
import { chooseMmap, chooseThreads } from "../../src/fit/load-policy.js";
import { estimate } from "../../src/fit/memory.js";
import { overrideHost } from "../../src/fit/override-host.js";
import { planLoad } from "../../src/fit/plan-load.js";
import { guessWeights } from "../../src/fit/weights.js";
import type { Gpu, Host } from "../../src/model/types.js";
import { geometryFrom, knownGeometry } from "../support/geometries.js";
import { shape } from "../support/model-shape.js";

const GB = 1_000_000_000;
const host = (ram: number, gpus: readonly Gpu[] = [], cores = 8): Host => ({
  ramTotal: ram * GB,
  ramAvailable: ram * GB,
  gpus,
  cores,
});
const card = (vram: number, backend: Gpu["backend"] = "cuda"): Gpu => ({
  name: "card",
  backend,
  vramTotal: vram * GB,
  vramFree: vram * GB,
});

async function subject(id = "llama3.1-8b", size = 4.9 * GB) {
  const geometry = await knownGeometry(id);
  return { geometry, weights: guessWeights(geometry, size) };
}

describe("planLoad", () => {
  it("loads on the processor alone, with the default context", async () => {
    const plan = planLoad(await subject(), host(16));
    expect(plan).toMatchObject({
      fits: true,
      ctx: 8192,
      gpuLayers: 0,
      threads: 8,
      batch: 128,
      kvType: "f16",
      useMmap: false,
    });
    expect(plan.estimate.perDevice).toHaveLength(1);
    expect(plan.reasons.join("\n")).toMatch(
      /context 8192: the default[\s\S]*needs 6\.\d GB of RAM; 16\.0 GB RAM available/,
    );
  });

  it("takes the model's own context when it is shorter, and the asked one whatever it is", async () => {
    const short = await geometryFrom(
      shape({
        arch: "llama",
        layers: 2,
        width: 64,
        heads: 8,
        kvHeads: 8,
        head: 8,
        ffn: 9,
        vocab: 10,
        more: { context_length: 512 },
      }),
    );
    const one = { geometry: short, weights: guessWeights(short, GB) };
    expect(planLoad(one, host(16))).toMatchObject({ ctx: 512, batch: 128 });
    const long = planLoad(one, host(16), { ctx: 4096 });
    expect(long).toMatchObject({ ctx: 4096, trainedFor: 512 });
    expect(planLoad(one, host(16), { ctx: 64 })).toMatchObject({ ctx: 64, batch: 64 });
  });

  it("puts everything on a GPU that has room, and what fits on one that has not", async () => {
    const one = await subject();
    expect(planLoad(one, host(16, [card(24)]))).toMatchObject({ gpuLayers: 33 });
    const part = planLoad(one, host(16, [card(4)]));
    expect(part.estimate.gpuLayers).toBeGreaterThan(5);
    expect(part.estimate.gpuLayers).toBeLessThan(33);
    expect(findShortage(part.estimate, host(16, [card(4)]))).toBeNull();
    const oneMore = planLoad(one, host(16, [card(4)]), { gpuLayers: part.estimate.gpuLayers + 1, kvType: "f16" });
    expect(oneMore).toMatchObject({ fits: false, shortage: { device: "gpu0" } });
    expect(planLoad(one, host(16, [card(0.2)]))).toMatchObject({ fits: true, gpuLayers: 0 });
  });

  it("puts as many layers on the GPU as fit, whatever the RAM can hold", async () => {
    const one = await subject();
    for (const ram of [0.8, 1.5, 3, 16]) {
      for (const vram of [0.3, 1, 2, 4, 6, 24]) {
        const on = host(ram, [card(vram)]);
        const fits = (gpuLayers: number) => planLoad(one, on, { gpuLayers, kvType: "f16" }).fits;
        const most = Array.from({ length: 34 }, (_, layers) => layers).findLast(fits);
        const plan = planLoad(one, on, { kvType: "f16" });
        expect([ram, vram, plan.fits ? plan.gpuLayers : undefined]).toEqual([ram, vram, most]);
      }
    }
  });

  it("does as it is told about layers, or says that it does not fit", async () => {
    const one = await subject();
    expect(planLoad(one, host(16, [card(24)]), { gpuLayers: 7 })).toMatchObject({ gpuLayers: 7 });
    expect(planLoad(one, host(16), { gpuLayers: 7 })).toMatchObject({ fits: true, gpuLayers: 0 });
    expect(planLoad(one, host(16, [card(2)]), { gpuLayers: 33 })).toMatchObject({
      fits: false,
      shortage: { device: "gpu0" },
    });
  });

  it("a GPU that takes a part: what is needed of the RAM is what would do, not a hair above what there is", async () => {
    const cases = [
      [await subject("llama3.1-8b", 8.5 * GB), 3, [4, 6, 6.3, 7, 7.5]],
      [await subject("llama3-70b", 26 * GB), 8, [12, 16, 19]],
    ] as const;
    for (const [one, vram, rams] of cases) {
      const needs = rams.map((ram) => {
        const plan = planLoad(one, host(ram, [card(vram)]));
        if (plan.fits) throw new Error(`${ram} GB do`);
        expect(plan.reasons[0]).toMatch(/of RAM beside [\d.]+ GB of VRAM \(gpu0\) at a context of/);
        return plan.shortage.need / 0.95;
      });
      const [enough = 0] = needs;
      expect(needs).toEqual(needs.map(() => enough));
      expect(planLoad(one, host((enough + 1000) / GB, [card(vram)])).fits).toBe(true);
      expect(planLoad(one, host((enough - 1000) / GB, [card(vram)])).fits).toBe(false);
    }
  });

  it("makes the cache smaller before it gives up, and says so", async () => {
    const one = await subject();
    const tight = planLoad(one, host(8.1), { ctx: 20_000 });
    expect(tight).toMatchObject({ fits: true, kvType: "q8_0", ctx: 20_000 });
    expect(tight.reasons.join("\n")).toContain("KV cache in q8_0: in f16 it does not fit");
    expect(planLoad(one, host(8.1), { ctx: 20_000, kvType: "f16" })).toMatchObject({ fits: false });
  });

  it("does not quantize the cache of heads that are no multiple of 32", async () => {
    const narrow = await geometryFrom(
      shape({ arch: "llama", layers: 8, width: 4096, heads: 512, kvHeads: 512, head: 8, ffn: 9, vocab: 10 }),
    );
    const one = { geometry: narrow, weights: guessWeights(narrow, GB) };
    const need = planLoad(one, host(99), { ctx: 65_536 }).estimate.total;
    expect(planLoad(one, host((need * 0.9) / GB), { ctx: 65_536 })).toMatchObject({ fits: false });
  });

  it("never shortens the context; it offers the longest that fits", async () => {
    const plan = planLoad(await subject(), host(8), { ctx: 131_072 });
    if (plan.fits) throw new Error("131,072 tokens do not fit in 8 GB");
    expect(plan.estimate.ctx).toBe(131_072);
    expect(plan.shortage).toMatchObject({ device: "ram", have: 7.6 * GB });
    expect(plan.shortage.need).toBeGreaterThan(7.6 * GB);
    const { instead } = plan;
    if (instead === null) throw new Error("a shorter context fits");
    expect(planLoad(await subject(), host(8), instead)).toMatchObject({ fits: true });
    expect(planLoad(await subject(), host(8), { ctx: instead.ctx * 2 })).toMatchObject({ fits: false });
  });

  it("offers nothing when no context helps", async () => {
    expect(planLoad(await subject(), host(4))).toMatchObject({ fits: false, instead: null });
  });

  it("counts Apple's GPU memory as the RAM it is", async () => {
    const one = await subject();
    const mac = { ...host(8), gpus: [card(5.3, "metal")] };
    const plan = planLoad(one, mac);
    if (plan.fits) expect(plan.estimate.total).toBeLessThanOrEqual(usableRam(mac));
    const big = { geometry: one.geometry, weights: guessWeights(one.geometry, 9 * GB) };
    // 9 GB would fit in 8 + 5.3 if they were two memories.
    expect(planLoad(big, mac)).toMatchObject({ fits: false });
    expect(planLoad(big, host(8, [card(5.3)]))).toMatchObject({ fits: true });
  });

  it("keeps 5 % of what is available free", async () => {
    const one = await subject();
    const need = planLoad(one, host(99)).estimate.total;
    expect(planLoad(one, host(need / 0.949 / GB), { kvType: "f16" })).toMatchObject({ fits: true });
    expect(planLoad(one, host(need / 0.951 / GB), { kvType: "f16" })).toMatchObject({ fits: false });
  });

  it("keeps as much free as asked for, on each device, and says so", async () => {
    const one = await subject();
    const wide = { ...host(16, [card(4)]), margin: 0.3 };
    const plan = planLoad(one, wide);
    expect(findShortage(plan.estimate, { ...wide, margin: 0.35 })).not.toBeNull();
    expect(plan.estimate.gpuLayers).toBeLessThan(planLoad(one, host(16, [card(4)])).estimate.gpuLayers);
    expect(plan.reasons.join("\n")).toContain("30 % of it kept free");
    const need = planLoad(one, host(99)).estimate.total;
    expect(planLoad(one, { ...host((need + 1) / GB), margin: 0 }, { kvType: "f16" })).toMatchObject({ fits: true });
  });

  it("counts projector and draft", async () => {
    const one = await subject();
    const bare = planLoad(one, host(16)).estimate.total;
    expect(planLoad(one, host(16), { projector: 7, draft: 5 }).estimate.total).toBe(bare + 12);
  });
});

describe("load policy", () => {
  it("maps the file only when the load nearly fills the RAM", async () => {
    expect([chooseMmap(899, 1000, {}), chooseMmap(901, 1000, {})]).toEqual([false, true]);
    // Pages of the file count as addresses too.
    expect(chooseMmap(901, 1000, { mayMap: false })).toBe(false);
    const one = await subject();
    const need = planLoad(one, host(99)).estimate.total;
    expect(planLoad(one, host(need / 0.93 / GB), { kvType: "f16" })).toMatchObject({ useMmap: true });
  });

  it("foresees of a mapped file what is repacked from it besides; the load is judged as if read", async () => {
    const one = await subject();
    const read = planLoad(one, host(99));
    if (!read.fits) throw new Error("6 GB in 99");
    expect(read.peak).toBe(read.estimate.total);
    const plan = planLoad(one, host(read.peak / 0.93 / GB), { kvType: "f16" });
    if (!plan.fits) throw new Error("93 %");
    expect(plan.estimate).toEqual(read.estimate);
    const settings = { weights: one.weights, ctx: 8192, kvType: "f16", gpuLayers: 0, useMmap: true } as const;
    expect(plan.peak).toBe(estimate(one.geometry, settings).total);
    expect(plan.peak - read.peak).toBe(one.weights.copies.mapped);
    expect(plan.reasons.join("\n")).toMatch(/is mapped, .*resident up to 10\.\d GB/);
    // Layers on a GPU are not repacked.
    const half = { ...host(4, [card(4)]), ramAvailable: 4 * GB };
    const shared = planLoad(one, half);
    if (!shared.fits) throw new Error("4 and 4 GB");
    const inRam = shared.estimate.perDevice[0]?.bytes ?? 0;
    const tight = planLoad(one, { ...half, ramAvailable: inRam / 0.93 }, { gpuLayers: shared.gpuLayers });
    if (!tight.fits) throw new Error("93 % and 4 GB");
    const rest = 1 - shared.gpuLayers / (one.geometry.blocks + 1);
    expect(tight.peak - inRam).toBe(Math.round(one.weights.copies.mapped * rest));
  });

  it("a forced load is mapped, and foreseen so", async () => {
    const one = await subject();
    const plan = planLoad(one, host(3));
    if (plan.fits) throw new Error("6 GB in 3");
    const forced = forcePlan(one, host(3), {}, plan);
    expect([forced.useMmap, forced.peak - forced.estimate.total]).toEqual([true, one.weights.copies.mapped]);
    expect(forced.reasons.join("\n")).not.toContain("RAM available");
    const limited = forcePlan(one, { ...host(3), mayMap: false }, {}, plan);
    expect([limited.useMmap, limited.peak]).toEqual([false, limited.estimate.total]);
  });

  it.each([
    [99_000_000, 8, 1],
    [101_000_000, 8, 8],
    [GB, 2, 2],
    [GB, 0.5, 1],
    [GB, 3.5, 3],
  ])("weights of %d bytes on %d cores: %d threads", (weights, cores, threads) => {
    expect(chooseThreads(weights, { cores })).toBe(threads);
  });

  it("takes the asked number of threads", async () => {
    expect(planLoad(await subject(), host(16), { threads: 3 })).toMatchObject({ threads: 3 });
  });
});

describe("overrideHost", () => {
  const real = host(64, [card(24)]);

  it("replaces sizes, total and available alike", () => {
    expect(overrideHost(real, { ram: 8 * GB })).toEqual({ ...real, ramTotal: 8 * GB, ramAvailable: 8 * GB });
    expect(overrideHost(real, { vram: 8 * GB }).gpus).toEqual([{ ...card(8) }]);
    expect(overrideHost(real, {})).toEqual(real);
    expect(overrideHost({ ...real, mayMap: false }, { ram: 8 * GB })).not.toHaveProperty("mayMap");
    expect(overrideHost(real, { bandwidth: 9 * GB, margin: 0.2 })).toEqual({ ...real, bandwidth: 9 * GB, margin: 0.2 });
  });

  it("makes a GPU where there is none, and none where asked", () => {
    expect(overrideHost(host(8), { vram: 8 * GB }).gpus).toMatchObject([{ backend: "cuda", vramFree: 8 * GB }]);
    expect(overrideHost(real, { vram: 0 }).gpus).toEqual([]);
  });
});
