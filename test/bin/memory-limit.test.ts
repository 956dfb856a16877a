// oslm run with less memory than the machine has: what fits runs, the next larger is refused with numbers, and nothing is killed.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModel } from "../../src/app/run/read-model.js";
import { marginOf } from "../../src/fit/capacity.js";
import { planLoad } from "../../src/fit/plan-load.js";
import type { Host } from "../../src/model/types.js";
import { hollowLlama, writeHollow } from "../support/hollow-llama.js";
import { Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());
const path = (layers: number) => join(home.path, `hollow-${layers}.gguf`);

describe.skipIf(process.platform !== "linux")("ulimit -v", () => {
  const limit = ["-v", 1_700_000] as const;
  const run = (layers: number, ...more: string[]) =>
    home.run(["run", path(layers), "hi", "-n", "1", ...more], { ulimit: limit });
  /** Layers of the largest that fits there. */
  let largest: number;

  beforeAll(async () => {
    writeHollow(path(300), hollowLlama(300));
    writeHollow(path(1), hollowLlama(1));
    const { code, stderr } = await run(300, "--json");
    expect(code).toBe(6);
    const { error } = JSON.parse(stderr) as { error: { facts: { have: number } } };
    const host: Host = { ramTotal: 2 ** 40, ramAvailable: error.facts.have / (1 - marginOf({})), cores: 1, gpus: [] };
    for (largest = 1; largest < 64; largest++) {
      writeHollow(path(largest + 1), hollowLlama(largest + 1));
      if (!planLoad(await readModel({ paths: [path(largest + 1)] }), host).fits) break;
    }
    // Processes of the same program differ by a few megabytes of addresses.
    largest -= 1;
    writeHollow(path(largest + 3), hollowLlama(largest + 3));
  });

  it("the largest that fits runs, tried with all its memory first", async () => {
    const { code, stderr } = await run(largest);
    expect([code, stderr]).toEqual([0, expect.stringContaining("cut after 1 token")]);
  });

  it("the next is refused with need, usable memory and exit 6", async () => {
    const { code, stdout, stderr } = await run(largest + 3);
    expect([code, stdout]).toEqual([6, ""]);
    expect(stderr).toMatch(
      /does not fit: .* needs \d+ MB\n {2}Usable for it are \d+(\.\d)? MB of RAM\.\nTry: .*raise the limit of 1741 MB \(ulimit -v\)/,
    );
  });

  it("a larger size that is made up changes nothing at the load, a smaller one does", async () => {
    const larger = await run(300, "--ram", "64GB");
    expect([larger.code, larger.stderr]).toEqual([
      6,
      expect.stringMatching(/does not fit: [\s\S]*Usable for it are \d+ MB/),
    ]);
    expect(larger.stderr).toContain("raise the limit of 1741 MB (ulimit -v)");
    const smaller = await run(largest, "--ram", "100MB");
    expect([smaller.code, smaller.stderr]).toEqual([6, expect.stringContaining("Usable for it are 95.0 MB of RAM")]);
  });

  it("forced, one far too large ends with numbers and exit 6 all the same", async () => {
    const { code, stdout, stderr } = await run(300, "--force");
    expect([code, stdout]).toEqual([6, ""]);
    expect(stderr).toMatch(/the memory ran out while .* takes about [34]\.\d GB\n.*The engine says: .*/);
    expect(stderr).toMatch(
      /^warning: --force skips the check of free memory, and only that: [34]\.\d GB of RAM are needed, \d+ MB usable; the load is tried in a process of its own first\n/,
    );
    const { error } = JSON.parse((await run(300, "--force", "--json")).stderr);
    expect(error).toMatchObject({ code: "does-not-fit", exitCode: 6 });
    expect((await run(1, "--force")).stderr).not.toContain("--force");
  });
});
