// Pulls that are killed at a random moment and repeated until done: `node bench/run.mjs kills [PULLS] [SEED]`.
// The second run of a pull is killed too in half of the cases, and so on. What is fetched more than once is counted by
// the server, in bytes that left it.
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
// A connection that gives 6 MB/s: a pull takes about two seconds.
await hub.report({ faults: [{ at: "cdn", bytesPerSecond: 6_000_000 }] });

let [kills, wrong, unfinished, unseen] = [0, 0, 0, 0];
const factors: number[] = [];
const perKill: number[] = [];
for (let pull = 0; pull < pulls; pull++) {
  const home = join(folder, `home-${pull}`);
  const env = { HOME: home, HF_ENDPOINT: hub.endpoint };
  const cache = join(home, ".cache/huggingface/hub");
  await hub.report();
  for (let run = 0; ; run++) {
    const killAfterMs = run === 0 || random() < 0.5 ? 150 + random() * 2_000 : undefined;
    const { code } = await runOslm(["pull", REPO, "--quiet"], { env, killAfterMs });
    if (code === 0) {
      if (run > 0) perKill.push(run);
      break;
    }
    kills++;
    unseen += (await unseenBy(env, stateOf(cache, sha256).leftovers)).length;
  }
  const { sent } = await hub.report();
  factors.push(sent / bytes.length);
  const state = stateOf(cache, sha256);
  if (!state.stored) unfinished++;
  wrong += state.wrong;
  unseen += state.leftovers.length;
  rmSync(home, { recursive: true });
}
hub.close();
rmSync(folder, { recursive: true });

printMachine();
print(`${pulls} pulls of ${bytes.length} bytes, seed ${seed}`, `${kills} kills`);
print("wrong files", String(wrong));
print("pulls without the model in the end", String(unfinished));
print("leftovers that prune does not see", String(unseen));
print("fetched / size", "median", "90 %", "most");
print("", median(factors), quantile(factors, 0.9), Math.max(...factors));
