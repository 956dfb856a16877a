// What fit does not show it counts; what it does not use it refuses.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";

let hub: FakeHub;
let home: Home;
const model = writeGguf(runnable("llama"));
const larger = Buffer.concat([model, Buffer.alloc(4096)]);
beforeAll(async () => {
  const files = {
    "m-Q4_0.gguf": model,
    "m-Q8_0.gguf": larger,
    "m-F16-00001-of-00002.gguf": model,
    "other-Q4_0.gguf": model,
    "third.gguf": model,
    "m-lora.gguf": model,
    "aux/CON-Q4_0.gguf": model,
  };
  const card = { license: "mit" };
  hub = await startFakeHub({
    repos: [
      { id: "org/m", files, card },
      { id: "org/two", files: { "two-Q4_0.gguf": model, "two-Q8_0.gguf": larger }, card },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

interface Report {
  readonly variants: { readonly quant: string; readonly fits: boolean }[];
  readonly choice: string | null;
  readonly leftOut: { readonly file: string; readonly why: string }[];
}
async function report(...args: string[]): Promise<Report> {
  const { stdout } = await home.run(["fit", ...args, "--json"]);
  return JSON.parse(stdout) as Report;
}

it("every GGUF file is a row or is counted with its reason", async () => {
  const { variants, leftOut } = await report("org/m");
  expect(variants.map(({ quant }) => quant).sort()).toEqual(["Q4_0", "Q8_0"]);
  expect(leftOut.map(({ file, why }) => [file, why])).toEqual([
    ["m-F16-00001-of-00002.gguf", "one of several parts, which are not all here"],
    ["m-lora.gguf", "by its name an adapter, a draft model or the like"],
    ["other-Q4_0.gguf", "another model"],
    ["third.gguf", "another model"],
    ["aux/CON-Q4_0.gguf", expect.stringContaining("its name is a device name")],
  ]);
  const { stderr } = await home.run(["fit", "org/m"]);
  expect(stderr).toContain(
    "5 files left out: m-F16-00001-of-00002.gguf (one of several parts, which are not all here), ",
  );
  expect(stderr).toMatch(/other-Q4_0\.gguf \(another model\), and 2 more\n/);
  expect((await home.run(["fit", "org/two"])).stderr).not.toContain("left out");
});

it("offline all that is stored of a repository is weighed", async () => {
  for (const quant of ["Q8_0", "Q4_0"]) expect((await home.run(["pull", `org/two:${quant}`])).code).toBe(0);
  const { variants, choice } = await report("org/two", "--offline");
  expect([variants.map(({ quant }) => quant).sort(), choice]).toEqual([["Q4_0", "Q8_0"], "Q4_0"]);
  const asked = await report("org/two", "--offline", "--quant", "q8_0");
  expect([asked.variants.map(({ quant }) => quant), asked.choice]).toEqual([["Q8_0"], "Q8_0"]);
  const missing = await home.run(["fit", "org/two", "--offline", "--quant", "q6_k"]);
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("no quantization Q6_K")]);
});

it("a flag that changes nothing is refused by its name", async () => {
  const path = join(home.path, "a.gguf");
  writeFileSync(path, model);
  const cases = [
    [["fit", path, "--quant", "q4_0"], "--quant cannot choose"],
    [["fit", "demo", "--quant", "q4_0"], "--quant cannot choose"],
    [["fit", "--audit", "--ctx", "4096"], "oslm fit --audit takes no --ctx"],
    [["fit", "--audit", "--prefer", "balanced"], "oslm fit --audit takes no --prefer"],
    [["fit", "--audit", "--commercial"], "oslm fit --audit takes no --commercial"],
    [["fit", "--audit", "--ram", "8GB"], "oslm fit --audit takes no --ram"],
    [["fit", "--list", "--quant", "q4_0"], "--list takes no --quant"],
  ] as const;
  for (const [args, problem] of cases) {
    const { code, stderr } = await home.run(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(problem)]);
  }
  expect((await home.run(["fit", "--audit", "--json"])).code).toBe(0);
});
