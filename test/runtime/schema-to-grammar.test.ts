// Schemas as grammars, read by the real engine: what it lets pass and what not.
import { expect, it } from "vitest";
import { readSchema } from "../../src/runtime/schema/read-schema.js";
import { schemaToGrammar } from "../../src/runtime/schema/schema-to-grammar.js";
import { failureOf } from "../support/failure-of.js";
import { matcher } from "../support/grammar.js";

const matching = (schema: object | boolean) => matcher(schemaToGrammar(schema as Record<string, unknown>, "s.json"));

/** A schema, values it must let pass, and values (or texts that are no JSON) it must not. */
type Case = readonly [name: string, schema: object | boolean, good: readonly unknown[], bad: readonly unknown[]];
const raw = (text: string) => ({ raw: text });
const textOf = (value: unknown): string =>
  typeof value === "object" && value !== null && "raw" in value ? String(value.raw) : JSON.stringify(value);

const POINT = { type: "object", properties: { x: { type: "number" }, y: { type: "number" } }, required: ["x"] };
const CASES: readonly Case[] = [
  ["anything", true, [1, "a", null, [{ a: [] }], { "": -0.5e3 }], [raw("{a: 1}"), raw("[1,]"), raw("'a'")]],
  ["any object", { type: "object" }, [{}, { a: { b: [1] } }], [[], "a"]],
  ["strings", { type: "string" }, ["", "ä😀", 'a"b\\c\n'], [1, raw('"a'), raw('"a\nb"')]],
  ["lengths", { type: "string", minLength: 2, maxLength: 3 }, ["ab", "abc", "a\n"], ["a", "abcd"]],
  ["formats", { type: "string", format: "date" }, ["2024-02-29", "2000-02-29", "2023-12-31"], ["2024-13-01", "soon"]],
  ["days that are none", { format: "date" }, ["2023-04-30"], ["2023-02-29", "1900-02-29", "2023-04-31", "2023-01-00"]],
  ["moments", { type: "string", format: "date-time" }, ["2024-02-29T12:00:00Z"], ["2024-02-29"]],
  ["numbers", { type: "number" }, [0, -1.5, 2e10, 123456], [raw("01"), raw("+1"), raw("1."), "1", raw("1e999")]],
  ["integers", { type: "integer" }, [0, -7, 123456789012345], [1.5, raw("1e3"), raw("12345678901234567890")]],
  ["small ranges", { type: "integer", minimum: 1, exclusiveMaximum: 4 }, [1, 2, 3], [0, 4, -1]],
  ["naturals", { type: "integer", minimum: 0 }, [0, 99999], [-1]],
  ["types", { type: ["string", "null"] }, ["a", null], [1, {}]],
  ["enum", { enum: ["a", 1, null, { b: [] }] }, ["a", 1, null, { b: [] }], ["b", 2, {}]],
  ["const", { const: 'he said "\\"' }, ['he said "\\"'], ["he"]],
  ["anyOf", { anyOf: [{ type: "string" }, { type: "null" }] }, ["a", null], [1]],
  ["anyOf beside more", { ...POINT, oneOf: [{ required: ["y"] }] }, [{ x: 1, y: 2 }], [{ x: 1 }, { y: 2 }]],
  [
    "allOf",
    { allOf: [POINT, { properties: { z: { const: 1 } }, required: ["z"] }] },
    [{ x: 1, z: 1 }],
    [{ x: 1 }, { z: 1 }],
  ],
  ["optional members in order", POINT, [{ x: 1 }, { x: 1, y: 2 }], [{}, { y: 2 }, { x: 1, z: 3 }, raw('{"x":1,}')]],
  [
    "all optional",
    { properties: { a: { const: 1 }, b: { const: 2 }, c: { const: 3 } } },
    [{}, { a: 1 }, { b: 2 }, { c: 3 }, { a: 1, c: 3 }, { a: 1, b: 2, c: 3 }],
    [{ d: 1 }, raw("{,}"), { b: 2, a: 1 }],
  ],
  [
    "more members",
    { ...POINT, additionalProperties: { type: "null" } },
    [{ x: 1, a: null, b: null }],
    [{ x: 1, a: 1 }],
  ],
  ["maps", { type: "object", additionalProperties: { type: "integer" } }, [{}, { a: 1, b: 2 }], [{ a: "1" }]],
  [
    "map sizes",
    { additionalProperties: true, minProperties: 1, maxProperties: 2 },
    [{ a: 1 }, { a: 1, b: 1 }],
    [{}, { a: 1, b: 1, c: 1 }],
  ],
  ["required, not described", { type: "object", required: ["a"] }, [{ a: [1] }], [{}]],
  ["closed and empty", { type: "object", additionalProperties: false }, [{}], [{ a: 1 }]],
  ["never present", { properties: { a: { const: 1 }, b: false } }, [{ a: 1 }], [{ b: 1 }]],
  ["arrays", { type: "array", items: { type: "boolean" } }, [[], [true], [true, false]], [[1], raw("[true,]")]],
  [
    "array sizes",
    { items: { const: 1 }, minItems: 2, maxItems: 3 },
    [
      [1, 1],
      [1, 1, 1],
    ],
    [[1], [1, 1, 1, 1], []],
  ],
  ["no items", { type: "array", maxItems: 0 }, [[]], [[1]]],
  ["tuples", { prefixItems: [{ const: 1 }, { type: "string" }] }, [[1, "a"]], [["a", 1], [1], [1, "a", 2]]],
  [
    "tuples with a tail",
    { prefixItems: [{ const: 1 }], items: { const: 2 }, maxItems: 3 },
    [[1], [1, 2, 2]],
    [[2], [1, 2, 2, 2]],
  ],
  ["tuples before 2020", { items: [{ const: 1 }], additionalItems: false }, [[1]], [[2], [1, 1]]],
  [
    "recursion",
    {
      $defs: {
        "tree/node": {
          properties: { kids: { type: "array", items: { $ref: "#/$defs/tree~1node" } } },
          required: ["kids"],
        },
      },
      $ref: "#/$defs/tree~1node",
    },
    [{ kids: [] }, { kids: [{ kids: [{ kids: [] }] }] }],
    [{ kids: [1] }, {}],
  ],
  [
    "references that say more",
    { $defs: { p: POINT }, $ref: "#/$defs/p", required: ["y"] },
    [{ x: 1, y: 1 }],
    [{ x: 1 }],
  ],
  [
    "the root again",
    { properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } }, required: ["next"] },
    [{ next: { next: null } }],
    [{ next: 1 }],
  ],
  // Left to the check of the result.
  ["patterns", { type: "string", pattern: "^a+$", maxLength: 2 }, ["b", "bbb"], [1]],
  ["long texts", { type: "string", maxLength: 100_000 }, ["a".repeat(5000)], [1]],
  [
    "large arrays",
    { items: { type: "string", maxLength: 900 }, minItems: 900, maxItems: 100_000 },
    [Array(900).fill("a")],
    [[]],
  ],
];

it.each(CASES)("%s", async (_, schema, good, bad) => {
  const matches = await matching(schema);
  expect(good.map((value) => [textOf(value), matches(textOf(value))])).toEqual(
    good.map((value) => [textOf(value), true]),
  );
  expect(bad.map((value) => [textOf(value), matches(textOf(value))])).toEqual(
    bad.map((value) => [textOf(value), false]),
  );
});

it("lets a little white space stand between tokens, not without end", async () => {
  const matches = await matching(POINT);
  expect(matches('{ "x": 1,\n  "y": 2 }')).toBe(true);
  expect(matches(`{${" ".repeat(50)}"x": 1}`)).toBe(false);
});

it("makes a grammar of a wide schema that the engine reads in no time", async () => {
  const properties = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`p${index}`, { type: "string" }]));
  const matches = await matching({ properties });
  expect(matches('{"p2999": "a"}')).toBe(true);
});

it.each<readonly [problem: RegExp, schema: unknown]>([
  [/nothing satisfies false/, false],
  [/nothing satisfies false/, { required: ["a"], properties: { a: false } }],
  [/enum is empty/, { enum: [] }],
  [/nothing satisfies its anyOf/, { anyOf: [] }],
  [/nothing satisfies its oneOf/, { oneOf: [false] }],
  [/no integer lies between 5 and 1/, { type: "integer", minimum: 5, maximum: 1 }],
  [/no type "float"/, { type: "float" }],
  [/refers to itself without end/, { $ref: "#" }],
  [/refers to itself without end/, { $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }] } }, $ref: "#/$defs/a" }],
  [
    /refers to itself without end/,
    {
      $defs: { a: { $ref: "#/$defs/b", type: "object" }, b: { $ref: "#/$defs/a", minProperties: 1 } },
      $ref: "#/$defs/a",
    },
  ],
  [/expands to more than/, laughs(20)],
])("refuses what has no answer or no end: %s", async (problem, schema) => {
  const failure = await failureOf(() => schemaToGrammar(schema as Record<string, unknown>, "s.json"));
  expect([failure.code, failure.facts]).toEqual([
    "bad-schema",
    expect.objectContaining({ problem: expect.stringMatching(problem) }),
  ]);
});

/** Each definition holds the next one twice. */
function laughs(depth: number): object {
  const twice = (index: number) => ({
    allOf: [
      { $ref: `#/$defs/d${index}`, minProperties: 1 },
      { $ref: `#/$defs/d${index}`, maxProperties: 9 },
    ],
  });
  const $defs = Object.fromEntries(
    Array.from({ length: depth }, (_, index) => [`d${index}`, index + 1 < depth ? twice(index + 1) : true]),
  );
  return { $defs, ...twice(0) };
}

it.each<readonly [problem: RegExp, text: string]>([
  [/no JSON/, "{"],
  [/an object, true or false/, "[]"],
  [/more than 100 levels/, `${'{"not":'.repeat(101)}true${"}".repeat(101)}`],
  [/more than 20000 values/, JSON.stringify({ enum: Array(20_001).fill(1) })],
  [/a million characters/, JSON.stringify({ title: "a".repeat(1_000_000) })],
])("refuses to read: %s", async (problem, text) => {
  const failure = await failureOf(() => readSchema(text, "s.json"));
  expect(failure.facts).toMatchObject({ file: "s.json", problem: expect.stringMatching(problem) });
});
