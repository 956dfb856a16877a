import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/isolate.ts"],
    // Vitest leaves one core idle, half of a small machine; these tests wait for other processes most of the time.
    maxWorkers: Math.max(2, availableParallelism()),
    // Tests start real processes and a real engine on small machines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
