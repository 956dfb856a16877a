// Hostile headers against the reader and the engine: `node bench/run.mjs headers [COUNT] [SEED]`.
// Every mutant is read and planned for; those that pass are loaded by the real engine in a child process. One that kills that must be
// stopped by the rehearsal, as `oslm run` would have it. Ends with 1 when one crashes the reader, takes it longer than 100 ms of processor
// time, or kills or hangs the engine past the rehearsal.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rehearse } from "../src/runtime/llama/rehearse.js";
import { admit } from "../test/support/admit.js";
import { Loader } from "../test/support/loader.js";
import { mutants } from "../test/support/mutants.js";
import { print, printMachine, quantile } from "./support/measure.js";

const count = Number(process.argv[3] ?? 10_000);
const seed = Number(process.argv[4] ?? 1);
const folder = mkdtempSync(join(tmpdir(), "oslm-headers-"));
const REHEARSAL = new URL("../dist/parts/rehearsal.js", import.meta.url);
const loader = new Loader();
const tally = {
  refused: 0,
  loaded: 0,
  "refused by the engine": 0,
  "stopped by the rehearsal": 0,
  died: 0,
  hung: 0,
  crashed: 0,
};
const times: number[] = [];
const started = performance.now();

/** Of this process in milliseconds: the clock also counts what other processes take. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

printMachine();
let before = "";
for (const { what, bytes } of mutants(count, seed)) {
  // A name of its own: a load that has failed may still read its file for a moment.
  const path = join(folder, `${times.length}.gguf`);
  writeFileSync(path, bytes);
  const begun = processorTime();
  const admission = await admit(path).catch((error: unknown) => ({ crashed: error }));
  times.push(processorTime() - begun);
  if ("crashed" in admission) {
    tally.crashed++;
    print(`CRASH  ${what}  ${admission.crashed}`);
  } else if ("refused" in admission) tally.refused++;
  else {
    const options = { path, ...admission.plan };
    const { is, why } = await loader.load(options);
    if (is === "loaded" || is === "refused") {
      tally[is === "refused" ? "refused by the engine" : is]++;
    } else {
      const rehearsal = await rehearse({ ...options, real: false, spare: 0, bytes: 0 }, undefined, REHEARSAL);
      const stopped = rehearsal.is === "hostile" || rehearsal.is === "refused";
      tally[stopped ? "stopped by the rehearsal" : is]++;
      const verdict = stopped ? "STOPPED" : is.toUpperCase();
      print(`${verdict}  ${what}  ${stopped ? rehearsal.reason : why.replaceAll("\n", " | ")}  (before: ${before})`);
    }
    before = what;
  }
  rmSync(path);
}
loader.close();
rmSync(folder, { recursive: true });
for (const [what, number] of Object.entries(tally)) print(what, String(number));
print("reading: median, 99 %, most (ms)", quantile(times, 0.5), quantile(times, 0.99), Math.max(...times));
print("seconds", (performance.now() - started) / 1000);
if (tally.died + tally.hung + tally.crashed > 0 || Math.max(...times) > 100) process.exit(1);
