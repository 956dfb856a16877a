// Headers with something wrong in them, many: none crashes, blocks or fills the reader. The full count, and what the engine says to those
// that pass, is `node bench/run.mjs headers`.
import { describe, expect, it } from "vitest";
import { isOslmError } from "../../src/errors.js";
import { geometryOf } from "../../src/gguf/geometry.js";
import { readHeader } from "../../src/gguf/header.js";
import { readGeometry } from "../../src/gguf/read-geometry.js";
import { memorySource } from "../../src/gguf/source.js";
import { writeGguf } from "../support/gguf-writer.js";
import { mutants } from "../support/mutants.js";
import { runnable } from "../support/runnable.js";

/** Reads as a stored and as a distant file is read. Gives false where it is refused; any other error is a crash. */
async function read(bytes: Uint8Array): Promise<boolean> {
  const source = memorySource(bytes);
  const both = [
    async () => geometryOf(await readHeader(source, { name: "x" })),
    () => readGeometry(source, { name: "x" }),
  ];
  let taken = true;
  for (const one of both) {
    await one().catch((error: unknown) => {
      if (!isOslmError(error, "malformed-gguf") && !isOslmError(error, "unknown-architecture")) throw error;
      taken = false;
    });
  }
  return taken;
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** With what is no longer needed and not yet collected. */
function heldBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe("the reader", () => {
  it("takes or refuses 600 mutants, each within 100 ms and 64 MB", async () => {
    let taken = 0;
    let slowest = 0;
    let most = 0;
    for (const { bytes } of mutants(600, 20)) {
      const [begun, held] = [processorMs(), heldBytes()];
      if (await read(bytes)) taken++;
      slowest = Math.max(slowest, processorMs() - begun);
      most = Math.max(most, heldBytes() - held);
    }
    // Both kinds are there, else they test nothing.
    expect(taken).toBeGreaterThan(120);
    expect(taken).toBeLessThan(480);
    expect(slowest).toBeLessThan(100);
    expect(most).toBeLessThan(64 * 2 ** 20);
  });

  it("refuses a model cut anywhere in its first 4 KB", async () => {
    const sound = writeGguf(runnable("llama"));
    for (let length = 0; length < 4096; length++) {
      expect(await read(sound.subarray(0, length))).toBe(false);
    }
  });
});
