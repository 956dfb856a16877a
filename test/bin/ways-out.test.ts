// A model of the Hub that does not fit: the ways out can be pasted and work, and --force pulls it all the same.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { writeGguf } from "../support/gguf-writer.js";
import { hollowLlama } from "../support/hollow-llama.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";
import { startSizedHub } from "../support/sized-hub.js";

let hub: FakeHub;
let home: Home;
const small = writeGguf(runnable("llama"));
const large = writeGguf(hollowLlama(1));
beforeAll(async () => {
  const card = { license: "mit" };
  hub = await startFakeHub({
    repos: [
      { id: "org/model", files: { "model-Q4_0.gguf": small, "model-Q8_0.gguf": large }, card },
      { id: "org/plain", files: { "plain.gguf": small, "plain-Q8_0.gguf": large }, card },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  const { stdout } = await home.run(["fit", "org/model", "--json"]);
  const { variants } = JSON.parse(stdout) as { variants: { quant: string; estimate: { total: number } }[] };
  const need = (quant: string) => variants.find((one) => one.quant === quant)?.estimate.total ?? 0;
  between = ["--ram", `${Math.round((need("Q4_0") + need("Q8_0")) / 2 / 0.95)}`];
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

/** More than the small one needs, and less than the large one. */
let between: readonly string[];
const NOTHING = ["--ram", "20MB"];
async function refused(...args: string[]) {
  const { code, stderr } = await home.run([...args, "--vram", "0", "--json"]);
  expect([code, stderr]).toEqual([6, expect.any(String)]);
  return (JSON.parse(stderr) as { error: { facts: { ways: string[] } } }).error.facts.ways;
}
const paste = (command = "") => home.run(command.split(" ").slice(1));

it("names another quantization, by its file where it has no label, and that can be pulled", async () => {
  const [labeled] = await refused("pull", "org/model", "--quant", "q8_0", ...between);
  const machine = `${between.join(" ")} --vram 0`;
  expect(labeled).toBe(`oslm pull org/model --quant q4_0 ${machine}`);
  const [unlabeled] = await refused("pull", "org/plain:Q8_0", ...between);
  expect(unlabeled).toBe(`oslm pull org/plain/plain.gguf ${machine}`);
  for (const way of [labeled, unlabeled]) expect((await paste(way)).code).toBe(0);
});

it("names what fits the machine that the flags tell of, with these flags", async () => {
  const [way] = await refused("pull", "org/model", "--ctx", "100000000", "--ram", "80GB");
  expect(way).toMatch(/^oslm pull org\/model --ctx \d+ --ram 80GB --vram 0$/);
  expect((await paste(way)).code).toBe(0);
});

it("keeps the context that was asked for", async () => {
  const [way] = await refused("pull", "org/model:Q8_0", "--ctx", "128", ...between);
  expect(way).toBe(`oslm pull org/model --quant q4_0 --ctx 128 ${between.join(" ")} --vram 0`);
});

it("offers force where only the margin is missing, and for nothing that cannot be held", async () => {
  const tight = async (quant: string, share: number) => {
    const { stdout } = await home.run(["fit", `org/model:${quant}`, "--vram", "0", "--json"]);
    const total = JSON.parse(stdout).variants.find((one: { quant: string }) => one.quant === quant).estimate.total;
    return ["--ram", `${Math.round(total * share)}`];
  };
  const ram = await tight("Q8_0", 1.02);
  const ways = await refused("pull", "org/model:Q8_0", ...ram);
  expect(ways.at(-1)).toBe(`oslm pull org/model --quant q8_0 ${ram.join(" ")} --vram 0 --force`);
  expect((await refused("pull", "org/model", ...NOTHING)).join()).not.toContain("--force");
});

it("offers no force where the disk is too small as well", async () => {
  const huge = await startSizedHub("org/huge", { Q8_0: 9e12 });
  // Its cache is not there yet.
  const fresh = new Home({ HF_ENDPOINT: huge.endpoint });
  const { code, stderr } = await fresh.run(["pull", "org/huge", "--ram", "9.2TB", "--vram", "0"]);
  await huge.close();
  fresh.remove();
  expect([code, stderr]).toEqual([6, expect.stringContaining("org/huge does not fit")]);
  expect(stderr).not.toContain("--force");
});

it("a run is told what to run, and every refusal names a command", async () => {
  const [way, ...others] = await refused("run", "org/model:Q8_0", "hi", ...between);
  expect([way, ...others].join()).not.toContain("oslm pull");
  expect(way).toMatch(/^oslm run org\/model --quant q4_0 /);
  const { code, stderr } = await home.run(["pull", "org/model", "--ram", "2MB", "--vram", "0"]);
  expect([code, stderr]).toEqual([6, expect.stringMatching(/^Try: .*oslm \w+/m)]);
});

it("pulls by force what was asked for, else the smallest, and warns", async () => {
  for (const [ref, file] of [
    ["org/model", "Q4_0"],
    ["org/model:Q8_0", "Q8_0"],
  ] as const) {
    const { code, stdout, stderr } = await home.run(["pull", ref, "--force", ...NOTHING, "--vram", "0"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`model-${file}.gguf`)]);
    expect(stderr).toMatch(new RegExp(`warning: ${file} does not fit here, and is pulled all the same: forced: needs`));
  }
  const { stderr } = await home.run(["pull", "org/model", "--force", ...between, "--vram", "0"]);
  expect(stderr).not.toContain("does not fit");
});

it("runs by force what is not here yet", async () => {
  const fresh = new Home({ HF_ENDPOINT: hub.endpoint });
  const { code, stdout, stderr } = await fresh.run(["run", "org/model:Q8_0", "hi", "-n", "1", "--force", ...between]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("does not fit here, and is pulled all the same")]);
  expect(stdout).not.toBe("");
  fresh.remove();
});

it("quotes a file's name for the shell", async () => {
  const path = join(home.path, "my $HOME.gguf");
  writeFileSync(path, large);
  const ram = await fitting(path, 1.02);
  const ways = await refused("run", path, "hi", "--ctx", "256", ...ram);
  expect(ways.at(-1)).toBe(`oslm run '${path}' --ctx 256 ${ram.join(" ")} --vram 0 --force`);
});

/** A share of what a file needs. */
async function fitting(path: string, share: number): Promise<string[]> {
  const { stdout } = await home.run(["fit", path, "--ctx", "256", "--vram", "0", "--json"]);
  return ["--ram", `${Math.round(JSON.parse(stdout).variants[0].estimate.total * share)}`];
}
