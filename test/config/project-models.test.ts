// The models of a project, as its oslm.yaml lists them.
import { expect, it } from "vitest";
import { parseOslmYaml } from "../../src/config/oslm-yaml.js";
import { readProjectModels } from "../../src/config/project-models.js";
import { isOslmError } from "../../src/errors.js";
import { formatRef } from "../../src/model/ref.js";

const source = { file: "/work/oslm.yaml", shown: "oslm.yaml" };
const read = (text: string) =>
  readProjectModels(parseOslmYaml(text, source), source, "https://hub.example")?.map(formatRef);

it("gives each once, in the order of the file", () => {
  expect(
    read("models:\n  - org/m:q8_0\n  - qwen2:0.5b\n  - hf.co/org/m:Q8_0\n  - https://hub.example/org/n\n"),
  ).toEqual(["org/m:Q8_0", "qwen2:0.5b", "org/n"]);
});

it("tells no list from an empty one", () => {
  expect(read("license: {}\n")).toBe(undefined);
  expect(() => read("models: []\n")).toThrow("bad-policy");
});

it.each([
  ["models:\n  - qwen2\n  - ftp://x/y.gguf\n", 3, "models[1]", /ftp:\/\/ is not supported/],
  ["models: [./m.gguf]\n", 1, "models[0]", /on one disk only/],
  ['models: ["a\\u001b[31m"]\n', 1, "models[0]", /control characters/],
  ["models: [{org/m: 1}]\n", 1, "models[0]", /name of a model/],
])("refuses %j with its place", (text, line, key, problem) => {
  let thrown: unknown;
  try {
    read(text);
  } catch (error) {
    thrown = error;
  }
  if (!isOslmError(thrown, "bad-policy")) throw new Error(`not refused: ${String(thrown)}`);
  expect([thrown.facts.line, thrown.facts.key]).toEqual([line, key]);
  expect(thrown.facts.problem).toMatch(problem);
});
