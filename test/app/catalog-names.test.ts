// What `oslm catalog NAME` describes, and what it says of a word that is no name.
import { expect, it } from "vitest";
import { familyEntries, noSuchName } from "../../src/app/names/list-catalog.js";
import { reportOf, reportText } from "../../src/cli/report.js";

it.each([
  ["llama3", "llama3"],
  ["llama3:8b-q4_k_m", "llama3"],
  ["llama-2:13b", "llama2"],
  ["LLaMA 3", "llama3"],
])("%s is a name of %s", (name, family) => {
  expect(familyEntries(name)?.[0]?.name).toMatch(new RegExp(`^${family}:`));
});

it.each([
  ["demo", "oslm show demo"],
  ["qwn2", "oslm catalog qwen2"],
  ["llama2:99b", "oslm catalog llama2:70b"],
  ["org/model", "oslm show org/model"],
])("%s is none: try %s", (name, instead) => {
  expect(familyEntries(name)).toBeUndefined();
  expect(reportText(reportOf(noSuchName(name)))).toContain(`Try: ${instead}\n`);
});
