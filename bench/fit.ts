// Predicted against measured memory of synthetic models in the real engine: `node bench/run.mjs fit [PART OF A NAME] [CONTEXTS]`.
// Each is run by `oslm run` with a prompt that fills the context; the peak is VmHWM of that process. Linux only.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readModel } from "../src/app/read-model.js";
import { estimate, type KvType } from "../src/fit/memory.js";
import { BIN } from "../test/support/oslm.js";
import { median, print, printMachine, quantile } from "./support/measure.js";
import { SYNTHETIC_MODELS, type SyntheticModel } from "./support/synthetic-models.js";
import { writeModel } from "./support/write-model.js";

const MIB = 2 ** 20;
const wanted = process.argv[3] ?? "";
const contexts = (process.argv[4] ?? "2048,8192,32768").split(",").map(Number);
const kvTypes: readonly KvType[] = ["f16", "q8_0"];
const folder = mkdtempSync(join(tmpdir(), "oslm-fit-"));

interface Used {
  readonly VmHWM: number;
  readonly RssAnon: number;
  readonly RssFile: number;
}

printMachine();
print("MiB", "ctx", "KV", "mmap", "weights", "predicted", "measured", "error %", "anon at end", "file at end");
const errors: { readonly useMmap: boolean; readonly percent: number }[] = [];
let failed = 0;
for (const [id, make] of SYNTHETIC_MODELS) {
  if (!id.includes(wanted)) continue;
  const path = join(folder, `${id}.gguf`);
  const model = make();
  writeModel(path, model);
  const { geometry, weights } = await readModel({ paths: [path] });
  for (const ctx of contexts) {
    for (const kvType of geometry.perLayer.some(({ keyValues }) => keyValues > 0) ? kvTypes : (["f16"] as const)) {
      for (const useMmap of [false, true]) {
        const predicted = estimate(geometry, { weights, ctx, kvType, gpuLayers: 0 }).total;
        const used = await runModel(path, model, { ctx, kvType, useMmap });
        if (used === undefined) {
          failed++;
          continue;
        }
        const percent = (predicted / used.VmHWM - 1) * 100;
        errors.push({ useMmap, percent });
        const mib = [weights.total, predicted, used.VmHWM].map((bytes) => (bytes / MIB).toFixed(0));
        const ends = [used.RssAnon, used.RssFile].map((bytes) => (bytes / MIB).toFixed(0));
        print(id, String(ctx), kvType, useMmap ? "on" : "off", ...mib, percent.toFixed(1), ...ends);
      }
    }
  }
  rmSync(path);
}
for (const useMmap of [false, true]) {
  const own = errors.filter((one) => one.useMmap === useMmap).map(({ percent }) => percent);
  const size = own.map(Math.abs);
  print(`mmap ${useMmap ? "on" : "off"}: ${own.length} runs`);
  print("  median, worst error; lowest, highest", median(size), Math.max(...size), Math.min(...own), Math.max(...own));
  print("  nine of ten within", quantile(size, 0.9));
}
if (failed > 0) print(`${failed} runs failed`);
rmSync(folder, { recursive: true });

interface Setting {
  readonly ctx: number;
  readonly kvType: KvType;
  readonly useMmap: boolean;
}

/** One run in a process of its own; undefined when it failed, which is said. */
async function runModel(path: string, { state, window }: SyntheticModel, setting: Setting): Promise<Used | undefined> {
  const usage = join(folder, "usage.json");
  const home = join(folder, "home");
  const hook = fileURLToPath(new URL("./support/engine-hook.mjs", import.meta.url));
  const load = { usage, folder, state, window, useMmap: setting.useMmap, kvType: setting.kvType };
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    NODE_OPTIONS: `--import=${hook}`,
    BENCH_LOAD: JSON.stringify(load),
  };
  const args = ["run", path, "--ctx", String(setting.ctx), "-n", "8", "--temp", "0", "--quiet"];
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ["pipe", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  // One token a word; the rest is the template's and the answer's.
  child.stdin.end(" a".repeat(setting.ctx - 150));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) {
    print(
      path.slice(folder.length + 1),
      String(setting.ctx),
      setting.kvType,
      `exit ${code}: ${stderr.trim().slice(0, 600)}`,
    );
    return undefined;
  }
  return JSON.parse(readFileSync(usage, "utf8")) as Used;
}
