import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { measureBandwidth } from "../../src/fit/probe/bandwidth.js";

const GB = 1e9;

it("finds a speed that memory can have, also while others take all processors", async () => {
  const busy = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ["-e", "for (;;);"]));
  try {
    const found = await measureBandwidth(2, 8 * GB, 15_000);
    expect(found).toEqual({ bytesPerSecond: expect.any(Number), undisturbed: expect.any(Boolean) });
    if ("unknown" in found) throw new Error(found.unknown);
    expect(found.bytesPerSecond).toBeGreaterThan(1 * GB);
    expect(found.bytesPerSecond).toBeLessThan(2000 * GB);
  } finally {
    for (const one of busy) one.kill("SIGKILL");
  }
});

it("says why none is known", async () => {
  expect(await measureBandwidth(1, 8 * GB, 0)).toEqual({ unknown: "other programs take all of the processor" });
  expect(await measureBandwidth(8, 2 * GB)).toEqual({ unknown: "there is too little free memory" });
});
