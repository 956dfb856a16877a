// A stored model that does not fit now: need, usable memory, the nearest ways out, exit 6. And --gpu on a machine without one.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { writeGguf } from "../support/gguf-writer.js";
import { hollowLlama } from "../support/hollow-llama.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  const files = {
    "model-Q4_0.gguf": writeGguf(runnable("llama")),
    "model-Q8_0.gguf": writeGguf(hollowLlama(1)),
  };
  hub = await startFakeHub({ repos: [{ id: "org/model", files, card: { license: "mit" } }] });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  const { code, stderr } = await home.run(["pull", "org/model:Q8_0"]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const needs: number[] = [];
  for (const quant of ["Q4_0", "Q8_0"]) {
    const { stdout } = await home.run(["fit", `org/model:${quant}`, "--json"]);
    needs.push(JSON.parse(stdout).variants.find((one: { quant: string }) => one.quant === quant).estimate.total);
  }
  const [small = 0, large = 0] = needs;
  expect(large).toBeGreaterThan(small);
  tight = ["--ram", `${Math.round((small + large) / 2 / 0.95)}`];
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

/** Between what the two need. */
let tight: readonly string[];
const refused = async (...more: string[]) => {
  const { code, stdout, stderr } = await home.run(["run", "org/model:Q8_0", "hi", "-n", "1", ...tight, ...more]);
  expect([code, stdout]).toEqual([6, ""]);
  return stderr;
};

it("names a smaller quantization that its repository offers, and one that is here when the Hub may not be asked", async () => {
  const stderr = await refused();
  expect(stderr).toMatch(
    /does not fit: Q8_0 with a context of 256 tokens needs \d+ MB\n {2}Usable for it are \d+ MB of RAM/,
  );
  expect(stderr).toContain("oslm run org/model:Q4_0");
  expect(await refused("--offline")).not.toContain("Q4_0");
  expect((await home.run(["pull", "org/model:Q4_0"])).code).toBe(0);
  expect(await refused("--offline")).toContain("oslm run org/model:Q4_0");
});

it("tells programs need, memory and ways out in numbers and commands", async () => {
  const { error } = JSON.parse(await refused("--json")) as { error: { code: string; facts: Record<string, unknown> } };
  expect(error).toMatchObject({ code: "does-not-fit", facts: { device: "RAM", quant: "Q8_0", ctx: 256 } });
  expect(error.facts.need).toBeGreaterThan(Number(error.facts.have));
  expect(error.facts.ways).toContain(`oslm run org/model:Q4_0 ${tight.join(" ")}`);
});

it("runs the smaller one there, and the larger one by force", async () => {
  const smaller = await home.run(["run", "org/model:Q4_0", "hi", "-n", "1", ...tight]);
  const forced = await home.run(["run", "org/model:Q8_0", "hi", "-n", "1", "--force", ...tight]);
  expect([smaller.code, forced.code]).toEqual([0, 0]);
});

it("tries the first load of a file in a process of its own, and no second one", async () => {
  const tried = () => readFileSync(join(home.path, ".local/state/oslm/rehearsed.txt"), "utf8").trimEnd().split("\n");
  const fresh = new Home({ HF_ENDPOINT: hub.endpoint });
  const path = join(fresh.path, "a.gguf");
  writeFileSync(path, writeGguf(runnable("qwen2")));
  const before = tried().length;
  for (let run = 0; run < 2; run++) expect((await home.run(["run", path, "hi", "-n", "1"])).code).toBe(0);
  expect(tried()).toHaveLength(before + 1);
  fresh.remove();
});

it("layers for a GPU that is not there are refused, none and auto are not", async () => {
  const { code, stderr } = await home.run(["fit", "demo", "--gpu", "3"], { env: { PATH: "" } });
  expect([code, stderr]).toEqual([2, expect.stringContaining("--gpu 3 asks for layers on a GPU, and there is none")]);
  expect((await home.run(["fit", "demo", "--gpu", "none"])).code).toBe(0);
  expect((await home.run(["fit", "demo", "--gpu", "auto"])).code).toBe(0);
  expect((await home.run(["fit", "demo", "--gpu", "some"])).code).toBe(2);
});

it("layers are counted as asked where there is a GPU", async () => {
  const { stdout } = await home.run(["fit", "demo", "--gpu", "2", "--vram", "8GB", "--json"]);
  const { variants } = JSON.parse(stdout) as { variants: { estimate: { gpuLayers: number } }[] };
  expect(variants[0]?.estimate.gpuLayers).toBe(2);
});
