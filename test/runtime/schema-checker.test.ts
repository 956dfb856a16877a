// Answers checked against schemas, in the thread that may be ended.
import { afterEach, expect, it, vi } from "vitest";
import { SchemaChecker } from "../../src/runtime/schema/schema-checker.js";
import { failureOf } from "../support/failure-of.js";

const BUILT = new URL("../../dist/parts/checker-worker.js", import.meta.url);
const open: SchemaChecker[] = [];
afterEach(() => Promise.all(open.splice(0).map((checker) => checker.dispose())));

/** @param deadlineMs longer than the usual one: a busy machine takes seconds to start a thread */
function checker(schema: object, deadlineMs = 30_000): SchemaChecker {
  const made = new SchemaChecker(schema as Record<string, unknown>, "s.json", deadlineMs, BUILT);
  open.push(made);
  return made;
}

it("gives the value of a right answer, and the path of the fault in a wrong one", async () => {
  const one = checker({
    properties: { total: { multipleOf: 5 }, code: { pattern: "^[A-Z]+$" } },
    oneOf: [{ required: ["code"] }, { properties: { total: { const: 5 } } }],
  });
  expect(await one.check('{"total": 10, "code": "AB"}')).toEqual({ is: "valid", value: { total: 10, code: "AB" } });
  const wrong = async (text: string, at: string, problem: string) =>
    expect(await one.check(text)).toEqual({ is: "invalid", at, problem: expect.stringContaining(problem) });
  await wrong('{"total": 7, "code": "A"}', "/total", "must be multiple of 5");
  await wrong('{"total": 10, "code": "ab"}', "/code", 'must match pattern "^[A-Z]+$"');
  await wrong('{"total": 5, "code": "A"}', "", "must match exactly one schema in oneOf");
  await wrong('{"total": 1', "", "it is no JSON");
});

it.each<readonly [format: string, right: string, wrong: string]>([
  ["email", "a@example.org", "total"],
  ["ipv4", "127.0.0.1", "127.0.0.256"],
  ["uri", "https://example.org/", "example"],
  ["hostname", "example.org", "-"],
  ["duration", "P1DT2H", "soon"],
  ["regex", "^a+$", "("],
  ["date", "2024-02-29", "2023-02-29"],
])("checks the format %s", async (format, right, wrong) => {
  const one = checker({ type: "string", format });
  expect(await one.check(JSON.stringify(right))).toMatchObject({ is: "valid" });
  const problem = `must match format "${format}"`;
  expect(await one.check(JSON.stringify(wrong))).toEqual({ is: "invalid", at: "", problem });
});

it("knows older drafts by their name", async () => {
  const old = checker({
    $schema: "http://json-schema.org/draft-07/schema#",
    items: [{ const: 1 }],
    additionalItems: false,
  });
  expect(await old.check("[1]")).toMatchObject({ is: "valid" });
  expect(await old.check("[1, 2]")).toMatchObject({ is: "invalid" });
});

it.each<readonly [problem: RegExp, schema: object]>([
  [/can't resolve reference https:\/\/example\.org\/other\.json/, { $ref: "https://example.org/other.json" }],
  [/can't resolve reference #\/\$defs\/none/, { $ref: "#/$defs/none" }],
  [/type must be/, { type: "float" }],
  [/[Ii]nvalid regular expression/, { pattern: "(" }],
  [/unknown format "nonsense"/, { properties: { a: { format: "nonsense" } } }],
])("refuses a schema at once: %s", async (problem, schema) => {
  const { code, facts } = await failureOf(checker(schema).ready());
  expect([code, facts]).toEqual(["bad-schema", { file: "s.json", at: "", problem: expect.stringMatching(problem) }]);
});

it("ends a pattern that would take for ever", async () => {
  const slow = checker({ pattern: "^(a+)+$" }, 1500);
  const started = performance.now();
  const { code, facts } = await failureOf(slow.check(`"${"a".repeat(60)}!"`));
  expect([code, facts]).toEqual([
    "bad-schema",
    expect.objectContaining({ problem: expect.stringContaining("a pattern") }),
  ]);
  expect(performance.now() - started).toBeLessThan(6000);
});

it("answers each of several questions that overlap", async () => {
  const one = checker({ type: "string" });
  const verdicts = await Promise.all(['"a"', "1", '"b"'].map((text) => one.check(text)));
  expect(verdicts).toMatchObject([{ value: "a" }, { is: "invalid" }, { value: "b" }]);
});

it("says at once why it has ended", async () => {
  const slow = checker({ pattern: "^(a+)+$" }, 1500);
  const { facts } = await failureOf(slow.check(`"${"a".repeat(60)}!"`));
  const started = performance.now();
  expect((await failureOf(slow.check('"a"'))).facts).toEqual(facts);
  expect(performance.now() - started).toBeLessThan(1000);
});

it("leaves no listener behind, however many answers it checks", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  try {
    const one = checker({ type: "string" });
    for (let index = 0; index < 12; index++) await one.check('"a"');
    expect(warned).not.toHaveBeenCalled();
  } finally {
    warned.mockRestore();
  }
});

it("is asked by no schema to wait", async () => {
  expect(await failureOf(checker({ $async: true, type: "string" }).check("1"))).toMatchObject({ code: "bad-schema" });
});
