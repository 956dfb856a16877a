// Answers of a shape: --format json, --schema, --grammar. Statement numbers are those of the checklist in the design.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Home, type Result } from "../support/oslm.js";
import { GO, scriptedModel } from "../support/scripted-model.js";

const home = new Home();
afterAll(() => home.remove());

const run = (...args: string[]): Promise<Result> =>
  home.run(["run", "demo", "Tell me about a person", ...args], { cwd: home.path });
function file(name: string, content: unknown): string {
  writeFileSync(join(home.path, name), typeof content === "string" ? content : JSON.stringify(content));
  return name;
}
const PERSON = file("person.json", {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 10 },
    age: { type: "integer", minimum: 0, maximum: 120 },
    pet: { anyOf: [{ enum: ["cat", "dog"] }, { type: "null" }] },
  },
  required: ["name", "age", "pet"],
});

it("52: prints JSON that satisfies the schema, and nothing else; --json has it parsed", async () => {
  const { code, stdout, stderr } = await run("--schema", PERSON);
  expect([code, stderr]).toEqual([0, ""]);
  const value: unknown = JSON.parse(stdout);
  expect(value).toEqual({
    name: expect.any(String),
    age: expect.any(Number),
    pet: expect.toBeOneOf(["cat", "dog", null]),
  });
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  const document = JSON.parse((await run("--schema", PERSON, "--json")).stdout) as { json: unknown; text: string };
  expect([document.json, JSON.parse(document.text)]).toEqual([value, value]);
});

it("52: ends with 9 and prints nothing where the answer ended early, all that came with --stream", async () => {
  const early = await run("--schema", PERSON, "-n", "5");
  expect([early.code, early.stdout]).toEqual([9, ""]);
  expect(early.stderr).toMatch(
    /^oslm: the answer does not satisfy person\.json\n {2}the answer was cut after 5 tokens.*\nTry: raise -n/i,
  );
  const streamed = await run("--schema", PERSON, "-n", "5", "--stream");
  expect([streamed.code, streamed.stdout]).toEqual([9, expect.stringMatching(/^\{/)]);
});

it("52: says with 9 what the grammar could not guide, by its path", async () => {
  const never = file("never.json", {
    type: "object",
    properties: { a: { type: "string", maxLength: 4, pattern: "^QQ$" } },
    required: ["a"],
  });
  const { code, stdout, stderr } = await run("--schema", never, "--json", "--receipt", "wrong.json");
  expect([code, stdout]).toEqual([9, ""]);
  // So that somebody can look into it.
  expect(readFileSync(join(home.path, "wrong.json"), "utf8")).toContain('"messages"');
  expect(JSON.parse(stderr)).toMatchObject({
    error: {
      code: "bad-result",
      exitCode: 9,
      facts: { at: "/a", problem: 'must match pattern "^QQ$"', text: expect.stringContaining('"a"') },
    },
  });
});

it("52: holds a model that says anything at random", async () => {
  // Away from its script all tokens are as likely to it.
  writeFileSync(
    join(home.path, "any.gguf"),
    scriptedModel({ script: ["none"], template: `{{ messages[-1].content }}{{ '${GO}' }}` }),
  );
  const nested = {
    type: "object",
    properties: {
      id: { type: "integer", minimum: 1, maximum: 9 },
      pair: {
        prefixItems: [{ enum: ['a"', "\\b", null] }, { type: "integer", minimum: 0, maximum: 99 }],
        items: false,
      },
      chain: { $ref: "#/$defs/chain" },
    },
    required: ["id", "chain"],
    $defs: {
      chain: {
        oneOf: [
          { type: "null" },
          { type: "object", properties: { next: { $ref: "#/$defs/chain" } }, required: ["next"] },
        ],
      },
    },
  };
  const args = [
    "hi",
    "--schema",
    file("nested.json", nested),
    "--temp",
    "1",
    "--top-k",
    "0",
    "--top-p",
    "1",
    "--min-p",
    "0",
  ];
  const seeds = ["1", "2", "3"].map((seed) =>
    home.run(["run", "./any.gguf", ...args, "--seed", seed], { cwd: home.path }),
  );
  const results = await Promise.all(seeds);
  expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(results.map(() => [0, ""]));
  expect(new Set(results.map(({ stdout }) => JSON.stringify(JSON.parse(stdout)))).size).toBeGreaterThan(1);
});

it("answers with an object for --format json, and with the grammar's words for --grammar", async () => {
  const [json, yes, cut] = await Promise.all([
    run("--format", "json", "--json", "-n", "200"),
    run("--grammar", file("yes.gbnf", 'root ::= "maybe " [a-c]{3}\n'), "--json"),
    run("--grammar", file("long.gbnf", "root ::= [a-c]{30}\n"), "-n", "4"),
  ]);
  if (json.code === 0) expect(JSON.parse(json.stdout)).toMatchObject({ json: expect.any(Object) });
  else expect(json).toMatchObject({ code: 9, stdout: "" });
  expect(JSON.parse(yes.stdout)).toMatchObject({
    text: expect.stringMatching(/^maybe [a-c]{3}$/),
    finishReason: "stop",
  });
  expect([cut.code, cut.stdout]).toEqual([9, ""]);
});

it("refuses schemas and grammars that cannot be used, with the place, before anything is loaded", async () => {
  const cases: readonly (readonly [args: readonly string[], text: RegExp])[] = [
    [
      ["--schema", file("remote.json", { $ref: "https://example.org/x.json" })],
      /can't resolve reference https:\/\/example/,
    ],
    [["--schema", file("broken.json", "{")], /broken\.json is not a usable JSON Schema/],
    [["--grammar", file("bad.gbnf", 'root ::= "a"\nb ::= ) "c"\n')], /Line 2, column 7: expecting newline or end/],
    [["--grammar", file("undefined.gbnf", "root ::= other")], /Line 1, column 10: there is no rule other\./],
    [["--grammar", file("rootless.gbnf", 'other ::= "a"')], /has no rule root/],
    [
      ["--grammar", file("left.gbnf", 'root ::= root "a" | "b"')],
      /Line 1, column 1: the rule root begins with itself\./,
    ],
    [["--grammar", file("deep.gbnf", `root ::= ${"(".repeat(200_000)}"a"${")".repeat(200_000)}`)], /nested too deeply/],
    [["--schema", PERSON, "--format", "json"], /--format and --schema exclude each other/],
    [["--format", "xml"], /Allowed choices are json/],
  ];
  for (const [args, text] of cases) {
    const { code, stdout, stderr } = await run(...args);
    expect([args, code, stdout]).toEqual([args, 2, ""]);
    expect(stderr).toMatch(text);
    expect(stderr.split("\n").length).toBe(4);
  }
});
