// What is shown on a terminal of 40 columns: no word is broken, but paths, which are to be pasted.
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEMO, Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

const home = new Home();
const COLUMNS = 40;
beforeAll(async () => {
  const imported = await home.run(["import", DEMO, "--name", "a-model-with-a-rather-long-name"]);
  await home.run(["run", "a-model-with-a-rather-long-name", "hi", "-n", "1"]);
  expect(imported.code).toBe(0);
}, 60_000);
afterAll(() => home.remove());

it.each([
  [["list"]],
  [["catalog", "qwen2"]],
  [["fit", "--list"]],
  [["fit", "--audit"]],
  [["license", "demo"]],
  [["license", "report"]],
  [["doctor"]],
  [["show", "demo"]],
  [["verify"]],
])("%j", async (args) => {
  const { code, text } = await inTerminal(home, args, [], { columns: COLUMNS });
  expect(code).toBe(0);
  expect(text.split("\n").length).toBeGreaterThan(2);
  expect(text.split("\n").filter((line) => line.length > COLUMNS && !line.trim().startsWith("/"))).toEqual([]);
});
