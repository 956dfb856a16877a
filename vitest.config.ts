import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/isolate.ts"],
    // Tests start real processes and a real engine on small machines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
