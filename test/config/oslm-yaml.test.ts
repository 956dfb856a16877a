// The YAML that oslm takes from people, and from whoever else could write the file.
import { expect, it } from "vitest";
import { parseOslmYaml } from "../../src/config/oslm-yaml.js";
import { isOslmError } from "../../src/errors.js";

const SOURCE = { file: "/work/oslm.yaml", shown: "oslm.yaml" };

it("gives every key and value its place", () => {
  expect(parseOslmYaml("license:\n  deny: [mit, 1]\n  a:\n", SOURCE)).toMatchObject({
    kind: "map",
    entries: [
      {
        key: "license",
        line: 1,
        value: {
          kind: "map",
          entries: [
            {
              key: "deny",
              line: 2,
              column: 3,
              value: { kind: "list", items: [{ value: "mit", line: 2, column: 10 }, { value: 1 }] },
            },
            { key: "a", line: 3, value: { kind: "value", value: null } },
          ],
        },
      },
    ],
  });
  expect(parseOslmYaml("", SOURCE)).toEqual({ kind: "value", value: null, line: 1, column: 1 });
  // Version 1.2: neither `yes` nor a date is anything but text.
  expect(parseOslmYaml("- yes\n- 2026-12-31\n", SOURCE)).toMatchObject({
    items: [{ value: "yes" }, { value: "2026-12-31" }],
  });
});

it.each<[string, string, number, RegExp]>([
  ["a key twice", "a: 1\nb: 1\na: 2\n", 3, /unique/],
  ["an open bracket", "a: [1\nb", 2, /./],
  ["two documents", "a: 1\n---\nb: 2\n", 2, /multiple documents/],
  ["a tag of its own", "a: !run 1\n", 1, /tag/i],
  ["a tag of YAML", "a: 1\nb: !!binary aGk=\n", 2, /tags/],
  ["an anchor", "a: &x 1\n", 1, /anchors/],
  ["an alias", "a: 1\nb: *x\n", 2, /./],
  ["a list as a key", "? [a]\n: 1\n", 1, /plain word/],
  ["a tab", "a:\n\tb: 1\n", 2, /tab/i],
  ["a hundred thousand brackets", `a: ${"[".repeat(100_000)}`, 1, /too deeply/],
  ["as many braces", `a: ${"{a: ".repeat(20_000)}`, 1, /too deeply/],
  ["as many dashes", "- ".repeat(50_000), 1, /too deeply/],
  [
    "as many lines, each further in",
    Array.from({ length: 300 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
    22,
    /too deeply/,
  ],
])("refuses %s", (_what, text, line, says) => {
  let thrown: unknown;
  try {
    parseOslmYaml(text, SOURCE);
  } catch (error) {
    thrown = error;
  }
  if (!isOslmError(thrown, "bad-policy")) throw new Error(`not refused: ${String(thrown)}`);
  expect(thrown.facts).toMatchObject({ ...SOURCE, line, problem: expect.stringMatching(says) });
  expect(thrown.facts.problem).not.toMatch(/[\n.]$/);
});
