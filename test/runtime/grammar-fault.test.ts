// Faults of grammars that show without the engine, and grammars that have none.
import { expect, it } from "vitest";
import { grammarFault } from "../../src/runtime/schema/grammar-fault.js";
import { schemaToGrammar } from "../../src/runtime/schema/schema-to-grammar.js";
import { matcher } from "../support/grammar.js";

it.each<readonly [grammar: string, line: number, column: number, problem: string]>([
  ["root ::= [z-a]", 1, 11, "no character lies between z and a"],
  ["root ::= [a-cz-\\x41]", 1, 14, "no character lies between z and \\x41"],
  ["root ::= [\\U0001F600-\\u00e4]", 1, 11, "no character lies between \\U0001F600 and \\u00e4"],
  ['root ::= "\\x00" "a"', 1, 11, "no text has the character \\x00"],
  ["root ::= [\\x00]", 1, 10, "no text has the character \\x00"],
  ['root ::= ("b" |\n "a"{3,1})', 2, 5, "no count lies between 3 and 1"],
  ['root ::= "a" # a comment\nb ::= "c" other', 2, 11, "there is no rule other"],
  ['root ::= "a" | b\nb ::= ""? (c | "d")\nc ::= b "e"', 2, 1, "the rule b begins with itself"],
  ['root ::= "a" root', 1, 1, "no text ever comes to the end of root"],
])("finds the fault in %j", (grammar, line, column, problem) => {
  expect(grammarFault(grammar)).toEqual({ line, column, problem });
});

it.each([
  schemaToGrammar(true, "s.json"),
  'root ::= [^"\\\\\\x7F\\x00-\\x1F]+ [-a] [a-] [\\]x] "\\"#" # "z-a"\n',
  'root ::= "a" root | other{0,2}\n\nother ::= ( "b"\n  | [c-c] ){3}',
])("finds none where the engine takes it: %#", async (grammar) => {
  await matcher(grammar);
  expect(grammarFault(grammar)).toBeUndefined();
});

it("leaves to the engine what it does not understand, however deep", () => {
  for (const grammar of ['root ::= "a', "root ::= )", "", `root ::= ${"(".repeat(200_000)}"a"${")".repeat(200_000)}`]) {
    expect(grammarFault(grammar)).toBeUndefined();
  }
  const many = Array.from({ length: 5000 }, (_, index) => `r${index} ::= r${index + 1}`).join("\n");
  expect(grammarFault(`root ::= r0\n${many}`)).toBeUndefined();
});
