import { expect, it } from "vitest";
import { constraintFor, splitterFor } from "../../src/runtime/thinking-apart.js";
import { THINKERS } from "../support/thinkers.js";

it.each(THINKERS)("keeps the thinking of %s apart from its answer", (_, answer, template) => {
  const splitter = splitterFor("a prompt", template);
  const parts = [...[...answer].flatMap((letter) => splitter.add(letter)), ...splitter.end()];
  const joined = (type: string): string => parts.map((part) => (part.type === type ? part.text : "")).join("");
  expect([joined("thinking"), joined("text")]).toEqual(["why", '{"a": 1}']);
});

it("lets a model think with its own marks before a grammar holds, where it is to think", () => {
  const grammar = { gbnf: 'root ::= "x"\n', root: "root" };
  const shaped = constraintFor(grammar, "a prompt", "[THINK] or not", undefined);
  expect(shaped.gbnf).toContain('( "[THINK]" oslm-thought0');
  expect(constraintFor(grammar, "a prompt", "[THINK] or not", "off")).toBe(grammar);
  expect(constraintFor(grammar, "a prompt", "no marks", undefined)).toBe(grammar);
  expect(constraintFor(grammar, "a prompt", null, undefined)).toBe(grammar);
});
