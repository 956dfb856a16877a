// node-llama-cpp's samplers hold 12 bytes for each token of the vocabulary until Node collects them: one reads all of a
// prompt, and one has tried before whether the model computes numbers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Home } from "../support/oslm.js";

let home: Home;
beforeAll(() => {
  home = new Home();
});
afterAll(() => home.remove());

it.each([
  ["a prompt of one piece", 20, 2],
  ["a prompt of many", 600, 3],
])("%s", async (_, words, samplers) => {
  const counted = join(home.path, "samplers");
  const hook = fileURLToPath(new URL("../support/count-samplers.mjs", import.meta.url));
  const env = { NODE_OPTIONS: `--import=${hook}`, SAMPLERS: counted };
  const prompt = "once upon a time ".repeat(words / 4);
  const { code } = await home.run(["run", "demo", prompt, "-n", "2", "--ctx", "2048", "--quiet"], { env });
  expect(code).toBe(0);
  expect(Number(readFileSync(counted, "utf8"))).toBe(samplers);
});
