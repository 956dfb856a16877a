// Runs a measurement: node bench/run.mjs NAME [ARGUMENTS].
import { readdirSync } from "node:fs";
import { runnerImport } from "vite";

const names = readdirSync(import.meta.dirname).flatMap((file) => /^(.+)\.ts$/.exec(file)?.[1] ?? []);
const name = process.argv[2] ?? "";
if (!names.includes(name)) {
  process.stderr.write(`node bench/run.mjs NAME [ARGUMENTS]; names: ${names.join(", ")}\n`);
  process.exit(2);
}
await runnerImport(`${import.meta.dirname}/${name}.ts`, { logLevel: "silent" });
process.exit();
