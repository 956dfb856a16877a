// Hostile headers against the reader and the engine: `node bench/run.mjs headers [COUNT] [SEED]`.
// Every mutant is read and planned for; those that pass are loaded by the real engine in a child process. Ends with 1 when one crashes
// the reader, takes it longer than 100 ms, or kills or hangs the engine.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { admit } from "../test/support/admit.js";
import { Loader } from "../test/support/loader.js";
import { mutants } from "../test/support/mutants.js";
import { print, printMachine, quantile } from "./support/measure.js";

const count = Number(process.argv[3] ?? 10_000);
const seed = Number(process.argv[4] ?? 1);
const folder = mkdtempSync(join(tmpdir(), "oslm-headers-"));
const path = join(folder, "mutant.gguf");
const loader = new Loader();
const tally = { refused: 0, loaded: 0, "refused by the engine": 0, died: 0, hung: 0, crashed: 0 };
const times: number[] = [];
const started = performance.now();

printMachine();
for (const { what, bytes } of mutants(count, seed)) {
  writeFileSync(path, bytes);
  const begun = performance.now();
  const admission = await admit(path).catch((error: unknown) => ({ crashed: error }));
  times.push(performance.now() - begun);
  if ("crashed" in admission) {
    tally.crashed++;
    print(`CRASH  ${what}  ${admission.crashed}`);
  } else if ("refused" in admission) tally.refused++;
  else {
    const { is, why } = await loader.load({ path, ...admission.plan });
    tally[is === "refused" ? "refused by the engine" : is]++;
    if (is === "died" || is === "hung") print(`${is.toUpperCase()}  ${what}  ${why.replaceAll("\n", " | ")}`);
  }
}
loader.close();
rmSync(folder, { recursive: true });
for (const [what, number] of Object.entries(tally)) print(what, String(number));
print("reading: median, 99 %, most (ms)", quantile(times, 0.5), quantile(times, 0.99), Math.max(...times));
print("seconds", (performance.now() - started) / 1000);
if (tally.died + tally.hung + tally.crashed > 0 || Math.max(...times) > 100) process.exit(1);
