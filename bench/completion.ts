// What Tab waits for with 500 stored models, in alternation with bare Node: `node bench/run.mjs completion [ROUNDS]`. Ends with 1
// when one of them takes 150 ms or more in an empty environment.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CA_FILE } from "../test/support/tls-front.js";
import { median, print, printMachine, run, runOslm } from "./support/measure.js";
import { OWN_FOLDERS, storeModels } from "./support/stored-models.js";

const rounds = Number(process.argv[3] ?? 21);
const count = 500;
const limit = 0.15;
const home = mkdtempSync(join(tmpdir(), "oslm-completion-"));
await storeModels(home, count);

const lines: readonly (readonly string[])[] = [
  ["run", ""],
  ["run", "org-3/model-43-GGUF:"],
  ["run", "qwen2:0.5b-q"],
  ["rm", "org-"],
  ["run", "demo", "--"],
  ["list", "--json=na"],
  [""],
];
const settings = { "empty environment": {}, "NODE_EXTRA_CA_CERTS set": { NODE_EXTRA_CA_CERTS: CA_FILE } };
printMachine();
for (const [name, setting] of Object.entries(settings)) {
  print(`${count} models, ${rounds} rounds, ${name}`, "node -e 0", "least", "median", "x node");
  const env = { ...setting, NODE_OPTIONS: "", HOME: home, ...OWN_FOLDERS };
  const start: number[] = [];
  const taken = lines.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    start.push((await run(process.execPath, ["-e", "0"], { env })).seconds);
    for (const [index, words] of lines.entries()) {
      const { code, seconds, stderr } = await runOslm(["__complete", "--", ...words], { env });
      if (code !== 0) throw new Error(stderr);
      taken[index]?.push(seconds);
    }
  }
  const ms = (seconds: number) => `${(seconds * 1000).toFixed(0)} ms`;
  for (const [index, words] of lines.entries()) {
    const time = median(taken[index] ?? []);
    print(
      `oslm ${words.join(" ")}|`,
      ms(median(start)),
      ms(Math.min(...(taken[index] ?? []))),
      ms(time),
      time / median(start),
    );
    if (name === "empty environment" && time >= limit) process.exitCode = 1;
  }
}
rmSync(home, { recursive: true });
