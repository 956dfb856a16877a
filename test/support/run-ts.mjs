// Runs a TypeScript module in this process: node run-ts.mjs MODULE [ARGUMENTS]. Vite comes with vitest.
import { resolve } from "node:path";
import { runnerImport } from "vite";

await runnerImport(resolve(process.argv[2]), { logLevel: "silent" });
