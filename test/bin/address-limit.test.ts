// oslm on the network below `ulimit -v`: Node's own fetch would need 10 GB of addresses, and end the process without them.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { DEMO, Home } from "../support/oslm.js";

describe.skipIf(process.platform !== "linux")("ulimit -v of 4 GB", () => {
  let hub: FakeHub;
  let home: Home;
  beforeAll(async () => {
    const files = { "m-Q8_0.gguf": readFileSync(DEMO) };
    hub = await startFakeHub({ repos: [{ id: "org/m-GGUF", card: { license: "apache-2.0" }, files }], token: "hf_t" });
    home = new Home({ HF_ENDPOINT: hub.endpoint });
  });
  afterAll(async () => {
    await hub.close();
    home.remove();
  });
  const run = (...args: string[]) =>
    home.run(args, { ulimit: ["-v", 4_000_000], env: args[0] === "auth" ? { HF_TOKEN: "hf_t" } : {} });

  it.each(["pull org/m-GGUF", "fit org/m-GGUF", "search m", "outdated", "license org/m-GGUF", "auth status"])(
    "oslm %s works",
    async (command) => {
      const { code, stderr } = await run(...command.split(" "));
      expect([code, stderr]).toEqual([0, expect.not.stringContaining("WebAssembly")]);
    },
  );

  it("the model that was pulled there runs there", async () => {
    const { code, stdout } = await run("run", "org/m-GGUF", "hello", "-n", "4");
    expect([code, stdout.length > 0]).toEqual([0, true]);
  });

  it("the demo runs where it is said to fit, and says by how much the limit is too low where it is not", async () => {
    const demo = (kib: number) => home.run(["run", "demo", "Once", "-n", "4"], { ulimit: ["-v", kib] });
    const kib = 1_200_000;
    const refused = await demo(kib);
    expect([refused.code, refused.stderr]).toEqual([
      6,
      expect.stringMatching(/limit of 1229 MB \(ulimit -v\) by \d+ MB/),
    ]);
    const missing = Number(/by (\d+) MB/.exec(refused.stderr)?.[1]);
    // What the way out names is enough, but for an arena of a thread (64 MiB, glibc).
    const raised = await demo(kib + Math.ceil((missing * 1e6) / 1024) + 65_536);
    expect([raised.code, raised.stderr]).toEqual([0, expect.not.stringContaining("does not fit")]);
  });

  it("no addresses that nobody uses count as taken memory", async () => {
    const available = async (...args: string[]) => {
      const { stdout } = await home.run([...args, "--json"], { ulimit: ["-v", 14_000_000] });
      return (JSON.parse(stdout) as { host: { ramAvailable: number } }).host.ramAvailable;
    };
    expect(await available("fit", "org/m-GGUF")).toBeGreaterThan((await available("doctor")) - 1e9);
  });
});
