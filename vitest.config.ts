import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SlowestFirst } from "./test/support/slowest-first.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/isolate.ts", "test/support/open-files.ts"],
    // Two more than there are cores: a third of the time these tests wait, for disks, timers and servers. Each takes some 200 MB.
    maxWorkers: availableParallelism() + 2,
    // A process for each file takes 0.3 s of a core. What a file changes of its process it puts back (isolate.ts).
    isolate: false,
    sequence: { sequencer: SlowestFirst },
    // Tests start real processes and a real engine on small machines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
