// What is said to be loadable is what the engine's own source loads.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { engineName, isLoadable } from "../../src/gguf/architectures.js";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

it("is the list of the llama.cpp that node-llama-cpp brings along", () => {
  const { tag } = JSON.parse(read("node_modules/node-llama-cpp/llama/llama.cpp.info.json")) as { tag: string };
  expect(engineName()).toBe(`llama.cpp ${tag}`);
  const printed = execFileSync(process.execPath, ["scripts/architectures.mjs", "--print"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(JSON.parse(read("src/gguf/architectures.json"))).toEqual(JSON.parse(printed));
});

it("knows what loads, not what has a name only", () => {
  for (const name of ["llama", "qwen2", "gemma3", "gpt-oss", "mamba", "falcon-h1"]) expect(isLoadable(name)).toBe(true);
  for (const name of ["gptj", "(unknown)", "quasar9", "Llama", ""]) expect(isLoadable(name)).toBe(false);
});
