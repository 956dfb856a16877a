// Peaks of real runs, as `node bench/run.mjs fit` measured them: 2 cores (AMD, AVX-512), Node 20, Linux.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SYNTHETIC_MODELS } from "../../bench/support/synthetic-models.js";
import { writeModel } from "../../bench/support/write-model.js";
import { readModel } from "../../src/app/read-model.js";
import { estimate } from "../../src/fit/memory.js";

const MIB = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), "oslm-measured-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** [model, context, mapped, MiB at the peak]; the cache in F16. */
const PEAKS = [
  ["llama-60m-q8_0", 8192, false, 336],
  ["llama-60m-q8_0", 8192, true, 336],
  ["llama-0.6b-q4_k", 8192, false, 610],
  // Q4_K is held twice when mapped.
  ["llama-0.6b-q4_k", 8192, true, 844],
  ["mixtral-8x290m-q8_0", 8192, false, 2796],
  // A tied table of Q4_K: always twice.
  ["starcoder2-0.4b-q4_k", 8192, false, 528],
  ["mamba-130m-f16", 8192, false, 442],
  ["gpt2-150m-f16", 8192, false, 770],
] as const;

describe("predicted against measured", () => {
  it.each(PEAKS)("%s, context %d, mapped %s: %d MiB", async (id, ctx, useMmap, peak) => {
    const make = SYNTHETIC_MODELS.find(([name]) => name === id)?.[1];
    if (make === undefined) throw new Error(`no model ${id}`);
    const path = join(folder, `${id}.gguf`);
    writeModel(path, make(), { hollow: true });
    const subject = await readModel({ paths: [path] });
    const { total } = estimate(subject.geometry, { ...subject, ctx, useMmap, kvType: "f16", gpuLayers: 0 });
    expect(total / MIB / peak).toBeGreaterThan(0.97);
    // What is repacked at the file's end is unmapped again before the cache is made; that is not counted.
    expect(total / MIB / peak).toBeLessThan(useMmap ? 1.04 : 1.03);
  });
});
