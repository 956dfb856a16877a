// What the engine counts in a rehearsal against what the formulas foresee of it, and what becomes of the difference.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SYNTHETIC_MODELS } from "../../bench/support/synthetic-models.js";
import { writeModel } from "../../bench/support/write-model.js";
import { readModel } from "../../src/app/run/read-model.js";
import { countedByEngine, foreseenByFormula, sayEngineCount } from "../../src/fit/engine-count.js";
import { computeBytes, estimate } from "../../src/fit/memory.js";
import { planLoad } from "../../src/fit/plan-load.js";
import { guessWeights } from "../../src/fit/weights.js";
import type { Host } from "../../src/model/types.js";
import { rehearse } from "../../src/runtime/llama/rehearse.js";
import { knownGeometry } from "../support/geometries.js";

const GB = 1e9;
const folder = mkdtempSync(join(tmpdir(), "oslm-engine-count-"));
afterAll(() => rmSync(folder, { recursive: true }));
const host: Host = { ramTotal: 16 * GB, ramAvailable: 16 * GB, cores: 1, gpus: [] };
const REHEARSAL = new URL("../../dist/parts/rehearsal.js", import.meta.url);

async function compare(path: string, kvType: "f16" | "q8_0") {
  const subject = await readModel({ paths: [path] });
  const plan = planLoad(subject, host, { kvType });
  if (!plan.fits) throw new Error("does not fit");
  const count = async (real: boolean) => {
    const rehearsal = await rehearse({ path, ...plan, real, spare: 0, bytes: 0 }, undefined, REHEARSAL);
    return rehearsal.is === "fine" ? rehearsal.ram : Number.NaN;
  };
  return { foreseen: foreseenByFormula(subject, plan, host), simulated: await count(false), taken: await count(true) };
}

describe.skipIf(process.platform !== "linux")("the engine's count", () => {
  it.each([
    ["llama-60m-q8_0", "f16"],
    ["llama-60m-q8_0", "q8_0"],
    ["gpt2-150m-f16", "f16"],
  ] as const)("of %s with a cache in %s is the same simulated and taken, and as foreseen", async (id, kvType) => {
    const make = SYNTHETIC_MODELS.find(([name]) => name === id)?.[1];
    if (make === undefined) throw new Error(`no model ${id}`);
    const path = join(folder, `${id}.gguf`);
    writeModel(path, make(), { hollow: true });
    const { foreseen, simulated, taken } = await compare(path, kvType);
    expect(simulated).toBe(taken);
    expect(foreseen / taken).toBeCloseTo(1, 2);
    rmSync(path);
  });
});

describe("foreseenByFormula", () => {
  it("counts the logits of a whole batch once: on the processor, as long as a layer is there", async () => {
    const geometry = await knownGeometry("llama3.1-8b");
    const weights = guessWeights(geometry, 4.9 * GB);
    const gpus = [{ name: "card", backend: "cuda", vramTotal: 80 * GB, vramFree: 80 * GB }] as const;
    const beyond = (gpuLayers: number) => {
      const settings = { ctx: 2048, kvType: "f16", batch: 512, gpuLayers, useMmap: false } as const;
      const { weights: held, kvCache, compute } = estimate(geometry, { ...settings, weights, gpus });
      return foreseenByFormula({ geometry, weights }, settings, { gpus }) - held - kvCache - compute;
    };
    const { blocks } = geometry;
    const untouched = (outputs: number) => computeBytes(geometry, { ctx: 2048, kvType: "f16", batch: 512, outputs });
    expect([beyond(blocks + 1), beyond(blocks), beyond(0)]).toEqual(
      [0, 1, 1].map((is) => is * (untouched(512) - untouched(1))),
    );
    expect(beyond(0)).toBeGreaterThan(0);
  });
});

describe("countedByEngine", () => {
  it("replaces the formulas' figure, in the sum as in its parts", async () => {
    const geometry = await knownGeometry("llama3.1-8b");
    const weights = {
      total: 4.9 * GB,
      input: 0,
      output: 0,
      tied: false,
      layers: [],
      copies: { always: 0, mapped: 0, released: 0 },
    };
    const { estimate } = planLoad({ geometry, weights }, host, { ctx: 2048 });
    expect(estimate.method).toBe("formula");
    const exact = countedByEngine(estimate, { counted: 1_000_500, foreseen: 1_000_000 });
    expect(exact).toEqual({
      ...estimate,
      total: estimate.total + 500,
      compute: estimate.compute + 500,
      perDevice: [{ device: "ram", bytes: (estimate.perDevice[0]?.bytes ?? 0) + 500 }],
      method: "engine",
    });
  });
});

describe("sayEngineCount", () => {
  it("warns where more than 10 % and 64 MB lie between the two, in either direction", () => {
    const warns = (counted: number, foreseen: number) => sayEngineCount({ counted, foreseen }).startsWith("warning:");
    expect(warns(1.2 * GB, GB)).toBe(true);
    expect(warns(0.8 * GB, GB)).toBe(true);
    expect(warns(1.09 * GB, GB)).toBe(false);
    expect(warns(0.16 * GB, 0.1 * GB)).toBe(false);
    expect(sayEngineCount({ counted: 1.2 * GB, foreseen: GB })).toContain(
      "counts 1.2 GB for weights, cache and buffers",
    );
  });
});
