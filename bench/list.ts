// `oslm list` of 2,000 stored models against the start of bare Node, in alternation: `node bench/run.mjs list [ROUNDS]`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CA_FILE } from "../test/support/tls-front.js";
import { median, print, printMachine, run, runOslm } from "./support/measure.js";
import { OWN_FOLDERS, storeModels } from "./support/stored-models.js";

const rounds = Number(process.argv[3] ?? 21);
const count = 2_000;
const home = mkdtempSync(join(tmpdir(), "oslm-list-"));
await storeModels(home, count);

// Node itself starts twice as slowly where NODE_EXTRA_CA_CERTS is set, as on many machines of companies: both are shown.
const settings = {
  "empty environment": {},
  "NODE_EXTRA_CA_CERTS set": { NODE_EXTRA_CA_CERTS: CA_FILE },
  "this environment": process.env as Record<string, string>,
};
printMachine();
print(`${count} models, ${rounds} rounds, median`, "node -e 0", "oslm list", "x node");
for (const [name, setting] of Object.entries(settings)) {
  // Without the hook that looks at what a process has used: it would slow down both.
  const env = { ...setting, NODE_OPTIONS: "", HOME: home, ...OWN_FOLDERS };
  const [start, list] = [[] as number[], [] as number[]];
  for (let round = 0; round < rounds; round++) {
    start.push((await run(process.execPath, ["-e", "0"], { env })).seconds);
    const { code, seconds, stderr } = await runOslm(["list", "--json=name"], { env });
    if (code !== 0) throw new Error(stderr);
    list.push(seconds);
  }
  const ms = (values: readonly number[]) => `${(median(values) * 1000).toFixed(0)} ms`;
  print(name, ms(start), ms(list), median(list) / median(start));
}
rmSync(home, { recursive: true });
