// Predicted against measured memory of synthetic models in the real engine:
// `node bench/run.mjs fit [PART OF A NAME] [CONTEXTS] [FILE [kept|whole]]`. Each is run by `oslm run` with a prompt that fills the context; the
// peak is VmHWM of that process, so this needs Linux. FILE keeps the measurements, a line each: what is in it is predicted anew, not
// run again, and with "kept" nothing is run. With "whole" all of each prompt is computed.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel } from "../src/app/run/read-model.js";
import { estimate } from "../src/fit/memory.js";
import type { Geometry } from "../src/gguf/geometry.js";
import { median, print, printMachine, quantile } from "./support/measure.js";
import { type FitSetting, runFitted, type Used } from "./support/run-fitted.js";
import { SYNTHETIC_MODELS } from "./support/synthetic-models.js";
import { writeModel } from "./support/write-model.js";

const MIB = 2 ** 20;
/** What fit promises, in percent: half of all predictions within the first, none further off than the others. */
const MEDIAN = 3;
const OVER = 8;
const UNDER = 4;
const wanted = process.argv[3] ?? "";
const contexts = (process.argv[4] ?? "2048,8192,32768").split(",").map(Number);
const keptIn = process.argv[5];
const onlyKept = process.argv[6] === "kept";
const whole = process.argv[6] === "whole";
const folder = mkdtempSync(join(tmpdir(), "oslm-fit-"));

interface Measured extends FitSetting {
  readonly id: string;
  readonly used: Used;
}
const kept: readonly Measured[] =
  keptIn === undefined || !existsSync(keptIn)
    ? []
    : readFileSync(keptIn, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));

/** Mapping changes nothing about the context, so it is measured at one size of it. */
function settingsOf({ perLayer }: Geometry): FitSetting[] {
  const caches = perLayer.some(({ keyValues }) => keyValues > 0);
  const middle = contexts[Math.floor(contexts.length / 2)] ?? 0;
  return [
    ...contexts.flatMap((ctx) => [
      { ctx, kvType: "f16", useMmap: false } as const,
      ...(caches ? [{ ctx, kvType: "q8_0", useMmap: false } as const] : []),
    ]),
    { ctx: middle, kvType: "f16", useMmap: true },
  ];
}

const same = (a: FitSetting, b: FitSetting) => a.ctx === b.ctx && a.kvType === b.kvType && a.useMmap === b.useMmap;
const mib = (bytes: number) => (bytes / MIB).toFixed(0);

printMachine();
print("MiB", "context, KV", "mapped", "weights", "cache, buffers", "process", "predicted", "measured", "error %");
const errors: (FitSetting & { readonly percent: number })[] = [];
let failed = 0;
for (const [id, make] of SYNTHETIC_MODELS.filter(([name]) => name.includes(wanted))) {
  const path = join(folder, `${id}.gguf`);
  const model = make();
  writeModel(path, model, { hollow: true });
  const { geometry, weights } = await readModel({ paths: [path] });
  let written = false;
  for (const setting of settingsOf(geometry)) {
    const known = kept.find((one) => one.id === id && same(one, setting));
    if (known === undefined && onlyKept) continue;
    if (known === undefined && !written) {
      writeModel(path, model);
      written = true;
    }
    const used = known?.used ?? (await runFitted(path, folder, model, setting, whole));
    if (typeof used === "string") {
      failed++;
      print(id, `${setting.ctx} ${setting.kvType}`, setting.useMmap ? "yes" : "no", used);
      continue;
    }
    if (keptIn !== undefined && known === undefined) {
      appendFileSync(keptIn, `${JSON.stringify({ id, ...setting, used })}\n`);
    }
    const { total, kvCache, compute, overhead, ...predicted } = estimate(geometry, {
      weights,
      ...setting,
      gpuLayers: 0,
    });
    const percent = (total / used.VmHWM - 1) * 100;
    errors.push({ ...setting, percent });
    const sizes = [predicted.weights, kvCache + compute, overhead, total, used.VmHWM].map(mib);
    print(id, `${setting.ctx} ${setting.kvType}`, setting.useMmap ? "yes" : "no", ...sizes, percent.toFixed(1));
  }
  rmSync(path);
}
print("error %", "runs", "median", "nine of ten", "lowest", "highest");
const longest = Math.max(...contexts);
for (const [name, own] of [
  ["read, KV f16", errors.filter(({ useMmap, kvType }) => !useMmap && kvType === "f16")],
  ["read, KV q8_0", errors.filter(({ useMmap, kvType }) => !useMmap && kvType === "q8_0")],
  [`context ${longest}`, errors.filter(({ ctx }) => ctx === longest)],
  ["mapped", errors.filter(({ useMmap }) => useMmap)],
  ["all", errors],
] as const) {
  const percents = own.map(({ percent }) => percent);
  const sizes = percents.map(Math.abs);
  print(name, String(own.length), median(sizes), quantile(sizes, 0.9), Math.min(...percents), Math.max(...percents));
}
if (failed > 0) print(`${failed} runs failed`);
rmSync(folder, { recursive: true });
const percents = errors.map(({ percent }) => percent);
const holds = median(percents.map(Math.abs)) <= MEDIAN && percents.every((one) => one >= -UNDER && one <= OVER);
if (failed > 0 || (errors.length > 0 && !holds)) process.exit(1);
