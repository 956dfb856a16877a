// docs/fit.md says what the program does: its examples are run, its figures are those of the source, its columns those that are printed.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LEAST } from "../../src/fit/calibrate.js";
import { marginOf, usableRam } from "../../src/fit/capacity.js";
import { GPU_OVERHEAD } from "../../src/fit/memory.js";
import { DEFAULT_CTX } from "../../src/fit/plan-load.js";
import { READING_SPEED } from "../../src/fit/speed.js";
import type { FakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { startSizedHub } from "../support/sized-hub.js";

const TEXT = readFileSync(new URL("../../docs/fit.md", import.meta.url), "utf8");

let home: Home;
let hub: FakeHub;
beforeAll(async () => {
  hub = await startSizedHub("org/model-GGUF");
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

it("has examples that end as it says", async () => {
  const examples = [...TEXT.matchAll(/^ {4}oslm ([^#\n]+?) *(?:#(?: exit (\d+))?.*)?$/gm)];
  expect(examples.length).toBeGreaterThan(8);
  for (const [line, words = "", code = "0"] of examples) {
    const { code: ended, stderr } = await home.run(words.split(" "));
    expect([ended, line], stderr).toEqual([Number(code), line]);
  }
});

it("names the columns that a pipe gets", async () => {
  const listed = /tab-separated columns (QUANT,[^,]*(?:,[^,]*)*?MAX CTX KV)/.exec(TEXT)?.[1] ?? "";
  const { stdout } = await home.run(["fit", "org/model-GGUF", "--vram", "0"]);
  const [first = ""] = stdout.split("\n");
  // What FITS may hold stands in brackets behind it.
  expect(listed.replace(/ \(.*?\)/g, "").split(/,\s+/).length).toBe(first.split("\t").length);
});

it("tells the fields of an estimate, all of them", async () => {
  const { stdout } = await home.run(["fit", "org/model-GGUF", "--vram", "0", "--json"]);
  const { estimate } = JSON.parse(stdout).variants[0];
  const settings = ["total", "ctx", "kvType", "gpuLayers"];
  const table = TEXT.split("## The terms")[1]?.split("## ")[0] ?? "";
  for (const field of Object.keys(estimate).filter((name) => !settings.includes(name))) {
    expect(table, field).toContain(`\`${field}\``);
  }
});

it("has the figures of the source", () => {
  const host = { ramTotal: 100, ramAvailable: 100, cores: 1, gpus: [] };
  expect(usableRam(host)).toBe(100 * (1 - marginOf({})));
  expect(TEXT).toContain(`Of each ${marginOf({}) * 100} % stay free`);
  expect(TEXT).toContain(`${DEFAULT_CTX} tokens where you name none`);
  expect(TEXT).toContain(`reach ${READING_SPEED} tokens/s`);
  expect(TEXT).toContain(`${GPU_OVERHEAD / 2 ** 20} MiB for each GPU's driver`);
  expect([LEAST, TEXT.includes("from the third load on")]).toEqual([3, true]);
});
