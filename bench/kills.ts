// Pulls that are killed at a random moment and repeated until done: `node bench/run.mjs kills [PULLS] [SEED]`.
// The moment is any one of the time that a pull takes undisturbed. The second run is killed too in half of the cases, and
// so on. What is fetched is counted by the server, in bytes that left it.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPO, startHubProcess } from "./support/hub-process.js";
import { median, print, printMachine, quantile, runOslm, seeded } from "./support/measure.js";
import { makeModel, stateOf } from "./support/models.js";
import { unseenBy } from "./support/prunable.js";

const pulls = Number(process.argv[3] ?? 200);
const seed = Number(process.argv[4] ?? 1);
const random = seeded(seed);
const folder = mkdtempSync(join(tmpdir(), "oslm-kills-"));
const file = makeModel(join(folder, "m-Q8_0.gguf"), 24 * 1024 * 1024);
const bytes = readFileSync(file);
const sha256 = createHash("sha256").update(bytes).digest("hex");
const hub = await startHubProcess(file);
// A pull takes about a second, mostly of transfer.
await hub.report({ faults: [{ at: "cdn", bytesPerSecond: 12_000_000 }] });
const undisturbed = await runOslm(["pull", REPO, "--quiet"], { env: envOf(join(folder, "first")) });
if (undisturbed.code !== 0) throw new Error(undisturbed.stderr);

let [kills, wrong, unfinished, beside] = [0, 0, 0, 0];
const unseen: string[] = [];
const factors: number[] = [];
const perKill: number[] = [];
for (let pull = 0; pull < pulls; ) {
  const home = join(folder, `home-${pull}`);
  const env = envOf(home);
  const cache = join(home, ".cache/huggingface/hub");
  await hub.report();
  let killed = 0;
  for (;;) {
    const killAfterMs = killed === 0 || random() < 0.5 ? random() * undisturbed.seconds * 1000 : undefined;
    const { code, stderr } = await runOslm(["pull", REPO, "--quiet"], { env, killAfterMs });
    if (code === 0) break;
    if (code !== null) throw new Error(`ended with ${code}: ${stderr}`);
    killed++;
    const state = stateOf(cache, sha256);
    wrong += state.wrong;
    unseen.push(...(await unseenBy(env, state.leftovers)));
  }
  const { sent } = await hub.report();
  const state = stateOf(cache, sha256);
  if (!state.stored) unfinished++;
  wrong += state.wrong;
  beside += state.leftovers.length;
  unseen.push(...(await unseenBy(env, state.leftovers)));
  rmSync(home, { recursive: true });
  // It was faster than its killer: once more.
  if (killed === 0) continue;
  pull++;
  kills += killed;
  const factor = sent / bytes.length;
  factors.push(factor);
  perKill.push((factor - 1) / killed);
}
hub.close();
rmSync(folder, { recursive: true });

printMachine();
print(`${pulls} pulls of ${bytes.length} bytes, seed ${seed}`, `${kills} kills`);
print("wrong files", String(wrong));
print("pulls without the model in the end", String(unfinished));
print("leftovers that prune does not see", String(unseen.length), ...unseen);
print("leftovers beside the model in the end", String(beside));
print("of the size of the file", "median", "90 %", "most");
const row = (name: string, values: readonly number[]) =>
  print(name, ...[median(values), quantile(values, 0.9), Math.max(...values)].map((value) => value.toFixed(3)));
row("fetched in all, per pull", factors);
row("fetched once more, per kill", perKill);
if (wrong + unfinished + unseen.length > 0) process.exit(1);

function envOf(home: string): Record<string, string> {
  return { HOME: home, HF_ENDPOINT: hub.endpoint };
}
