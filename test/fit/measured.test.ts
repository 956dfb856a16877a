// Peaks of real runs, as `node bench/run.mjs fit` measured them: 2 cores (AMD, AVX-512), Node 20, Linux.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SYNTHETIC_MODELS } from "../../bench/support/synthetic-models.js";
import { writeModel } from "../../bench/support/write-model.js";
import { type ReadModel, readModel } from "../../src/app/run/read-model.js";
import { estimate } from "../../src/fit/memory.js";

const MIB = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), "oslm-measured-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** [model, context, cache, mapped, MiB at the peak] */
const PEAKS = [
  ["llama-60m-q8_0", 8192, "f16", false, 303],
  ["llama-60m-q8_0", 8192, "f16", true, 294],
  ["llama-60m-q8_0", 8192, "q8_0", false, 238],
  ["llama-60m-q8_0", 32768, "f16", false, 735],
  ["llama-60m-q8_0", 32768, "q8_0", false, 479],
  ["llama-0.6b-q4_k", 8192, "f16", false, 575],
  // Q4_K is held twice when mapped; what of it lies at the file's end is released before the cache is made.
  ["llama-0.6b-q4_k", 8192, "f16", true, 811],
  ["mixtral-8x290m-q8_0", 32768, "f16", false, 3428],
  // A tied table of Q4_K: always twice.
  ["starcoder2-0.4b-q4_k", 8192, "f16", false, 470],
  ["mamba-130m-f16", 2048, "f16", false, 387],
  ["falcon-h1-0.5b-q8_0", 2048, "f16", false, 680],
  ["gpt2-150m-f16", 8192, "f16", false, 708],
  // Four layers: a kept prompt goes through a buffer of an eighth of the cache.
  ["phi3-0.6b-q4_k", 8192, "f16", false, 921],
] as const;

const subjects = new Map<string, Promise<ReadModel>>();

/** Made once for each: a vocabulary takes a second. */
function subjectOf(id: string): Promise<ReadModel> {
  const make = SYNTHETIC_MODELS.find(([name]) => name === id)?.[1];
  if (make === undefined) throw new Error(`no model ${id}`);
  const path = join(folder, `${id}.gguf`);
  if (!subjects.has(id)) writeModel(path, make(), { hollow: true });
  const subject = subjects.get(id) ?? readModel({ paths: [path] });
  subjects.set(id, subject);
  return subject;
}

describe("predicted against measured", () => {
  it.each(PEAKS)("%s, context %d, cache in %s, mapped %s: %d MiB", async (id, ctx, kvType, useMmap, peak) => {
    const subject = await subjectOf(id);
    const { total } = estimate(subject.geometry, { ...subject, ctx, useMmap, kvType, gpuLayers: 0 });
    expect(total / MIB / peak).toBeGreaterThan(0.97);
    expect(total / MIB / peak).toBeLessThan(1.07);
  });
});
