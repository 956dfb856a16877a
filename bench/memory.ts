// The most memory that a pull of a 2 GB file takes: `node bench/run.mjs memory [ROUNDS]`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPO, startHubProcess } from "./support/hub-process.js";
import { print, printMachine, run, runOslm } from "./support/measure.js";
import { makeHollowModel } from "./support/models.js";

const rounds = Number(process.argv[3] ?? 3);
const bytes = 2 * 1024 ** 3;
const folder = mkdtempSync(join(tmpdir(), "oslm-memory-"));
const hub = await startHubProcess(makeHollowModel(join(folder, "m-Q8_0.gguf"), bytes));
const env = { HOME: join(folder, "home"), HF_ENDPOINT: hub.endpoint };

printMachine();
const bare = await run(process.execPath, ["-e", "0"], { env: {} });
print(`${bytes / 2 ** 30} GiB`, "peak MiB", "CPU s per GB", "seconds");
print("node -e 0", bare.peakMegabytes.toFixed(0));
const limited = { at: "cdn", bytesPerSecond: 20_000_000 } as const;
for (const [name, faults] of [
  ["oslm pull, as fast as it goes", []],
  ["oslm pull, 20 MB/s a connection", [limited]],
] as const) {
  await hub.report({ faults });
  for (let round = 0; round < rounds; round++) {
    const { code, stderr, peakMegabytes, cpuSeconds, seconds } = await runOslm(["pull", REPO, "--quiet"], { env });
    if (code !== 0) throw new Error(stderr);
    print(name, peakMegabytes.toFixed(0), (cpuSeconds / bytes) * 1e9, seconds);
    rmSync(env.HOME, { recursive: true });
  }
}
hub.close();
rmSync(folder, { recursive: true });
