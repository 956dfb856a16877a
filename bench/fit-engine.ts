// The cache and buffers that fit counts against the engine's own simulation, which builds the real graph without allocating it:
// `node bench/run.mjs fit-engine [PART OF A NAME]`. Only headers are needed. What the engine reserves includes logits for a whole batch.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GgufInsights, getLlama, type LlamaOptions, readGgufFileInfo } from "node-llama-cpp";
import { readModel } from "../src/app/run/read-model.js";
import { computeBytes, estimate } from "../src/fit/memory.js";
import { print, printMachine } from "./support/measure.js";
import { SYNTHETIC_MODELS } from "./support/synthetic-models.js";
import { writeModel } from "./support/write-model.js";

const MIB = 2 ** 20;
const BATCH = 128;
const wanted = process.argv[3] ?? "";
const folder = mkdtempSync(join(tmpdir(), "oslm-fit-engine-"));
/** Where the simulation fails, heuristics answer in its place, 20 times too high at times; only the log tells. */
const warnings: string[] = [];
const logger = (_level: unknown, message: string) => warnings.push(message);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "warn", logger } as LlamaOptions);

printMachine();
print("MiB", "context", "fit", "engine", "difference", "ms");
for (const [id, make] of SYNTHETIC_MODELS.filter(([name]) => name.includes(wanted))) {
  const path = join(folder, `${id}.gguf`);
  writeModel(path, make(), { hollow: true });
  const { geometry, weights } = await readModel({ paths: [path] });
  const started = performance.now();
  const insights = await GgufInsights.from(await readGgufFileInfo(path, { logWarnings: false }), llama);
  for (const ctx of [2048, 32768]) {
    const { cpuRam } = await insights.estimateContextResourceRequirementsV2({
      contextSize: ctx,
      modelGpuLayers: 0,
      batchSize: BATCH,
      sequences: 1,
      flashAttention: "auto",
    });
    const { kvCache } = estimate(geometry, { weights, ctx, kvType: "f16", batch: BATCH, gpuLayers: 0 });
    const ours = kvCache + computeBytes(geometry, { ctx, kvType: "f16", batch: BATCH, outputs: BATCH });
    const milliseconds = (performance.now() - started).toFixed(0);
    print(id, String(ctx), ours / MIB, cpuRam / MIB, (ours - cpuRam) / MIB, milliseconds);
  }
  const telling = warnings.splice(0).filter((line) => /fall(ing)? ?back|estimat/i.test(line));
  if (telling.length > 0) print(id, `no simulation: ${telling[0]}`);
  rmSync(path);
}
await llama.dispose();
rmSync(folder, { recursive: true });
