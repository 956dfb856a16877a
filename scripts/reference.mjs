// Writes man/, docs/commands/ and the index in docs/README.md from the commands as they are declared: run it when a command has
// changed. test/reference.test.ts fails until then.
import { runnerImport } from "vite";

await runnerImport(`${import.meta.dirname}/reference/write.ts`, { logLevel: "silent" });
process.exit(0);
