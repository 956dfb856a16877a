// oslm license --format: reports for CI, read by a real XML parser and by the schema of SARIF.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseXml, type XmlElement } from "@rgrove/parse-xml";
import { Ajv } from "ajv";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openPolicyRoom, type PolicyRoom } from "../support/policy-room.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let room: PolicyRoom;
beforeEach(async () => {
  room = await openPolicyRoom();
});
afterEach(() => room.close());

const DENY = "license:\n  deny: [non-commercial]\n";
const check = (format: string, ...args: string[]) => room.oslm(["license", ...args, "--format", format]);

/** The schema of the standard, as a package of its editors has it, without the two keys of draft 4 that Ajv does not know. */
function sarifProblems(log: unknown): unknown {
  const path = "lib/schemas/sarif-2.1.0-rtm.5.json";
  const folder = createRequire(import.meta.url)
    .resolve("@microsoft/jest-sarif/package.json")
    .replace(/[^/\\]+$/, "");
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(join(folder, path), "utf8"));
  const formats = {
    uri: (text: string) => URL.canParse(text),
    "uri-reference": (text: string) => URL.canParse(text, "file:///"),
    "date-time": true,
  } as const;
  const validate = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, formats }).compile(schema);
  return validate(log) ? undefined : validate.errors;
}

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly unknown[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
  }[];
}

async function sarif(...args: string[]) {
  const { code, stdout, stderr } = await check("sarif", ...args);
  const log: Sarif = JSON.parse(stdout);
  expect(sarifProblems(log)).toBeUndefined();
  const [run] = log.runs;
  if (run === undefined) throw new Error("no run");
  const ids = run.tool.driver.rules.map(({ id }) => id);
  for (const { ruleId, ruleIndex } of run.results) expect(ids[ruleIndex]).toBe(ruleId);
  return { code, stderr, run, results: run.results };
}

const elements = (element: XmlElement) => element.children.filter((child) => child.type === "element") as XmlElement[];

function junit(xml: string) {
  const { root } = parseXml(xml);
  const [suite] = root === null ? [] : elements(root);
  if (root === null || suite === undefined) throw new Error("no suite");
  expect([root.name, suite.name, suite.attributes]).toEqual([
    "testsuites",
    "testsuite",
    { ...root.attributes, skipped: "0" },
  ]);
  const cases = elements(suite).map((one) => ({
    name: one.attributes.name,
    parts: elements(one).map(({ name, attributes, text }) => ({ name, ...attributes, text })),
  }));
  return { counts: root.attributes, cases };
}

it("gives JUnit XML: a test for each model, with failures, errors and evidence", async () => {
  room.put(DENY);
  const { code, stdout, stderr } = await check("junit", "org/none", "org/free", "org/nc", "org/llama", "org/free");
  expect([code, stderr]).toEqual([5, expect.stringContaining("oslm: the license of org/nc is denied by policy")]);
  expect(stderr).toContain("org/none was not found");
  expect(stderr).toContain("org/llama has a license that you must accept first");
  const { counts, cases } = junit(stdout);
  expect(counts).toEqual({ name: "oslm license", tests: "4", failures: "2", errors: "1" });
  expect(cases.map(({ name, parts }) => [name, ...parts.map((part) => part.name)])).toEqual([
    ["org/none", "error"],
    ["org/free", "system-out"],
    ["org/nc", "failure", "system-out"],
    ["org/llama", "failure", "system-out"],
  ]);
  expect(cases[0]?.parts[0]).toMatchObject({
    type: "repo-not-found",
    message: expect.stringContaining("org/none was not found"),
  });
  expect(cases[2]?.parts[0]).toMatchObject({
    type: "license-denied",
    message: expect.stringContaining("the license of org/nc is denied by policy"),
    text: expect.stringContaining("oslm.yaml:2 deny class non-commercial"),
  });
  expect(cases[3]?.parts[0]).toMatchObject({ type: "license-not-accepted", text: expect.stringContaining("\nTry: ") });
  expect(cases[1]?.parts[0]?.text.split("\n")).toContain("evidence\tcard.license: mit (agrees)");
  expect(room.weights()).toEqual([]);
});

it("gives SARIF that its schema allows: rules, levels, and the place of the rule that decided", async () => {
  room.put(DENY);
  const { code, run, results } = await sarif("org/nc", "org/llama", "org/free", "org/none");
  expect([code, run.invocations]).toEqual([5, [{ executionSuccessful: false }]]);
  expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ["policy/deny-class-non-commercial", "error"],
    ["class/community", "warning"],
    ["error/repo-not-found", "error"],
  ]);
  const logical = (name: string) => [{ name, fullyQualifiedName: name, kind: "resource" }];
  expect(results.map(({ locations }) => locations)).toEqual([
    [
      {
        physicalLocation: {
          artifactLocation: { uri: "oslm.yaml", uriBaseId: "%SRCROOT%" },
          region: { startLine: 2 },
        },
        logicalLocations: logical("org/nc"),
      },
    ],
    [{ logicalLocations: logical("org/llama") }],
    [{ logicalLocations: logical("org/none") }],
  ]);
});

it("keeps the identity of a finding when commits and lines move", async () => {
  room.put(DENY);
  const before = await sarif("org/nc", "org/llama");
  room.put(`# first\n${DENY}`);
  await room.hub.push({ id: "org/nc", files: { "m-Q4_K_M.gguf": tinyGguf() }, card: { license: "cc-by-nc-4.0" } });
  const after = await sarif("org/nc", "org/llama");
  const prints = ({ results }: typeof after) => results.map((result) => Object.values(result.partialFingerprints)[0]);
  expect(prints(after)).toEqual(prints(before));
  expect(new Set(prints(after)).size).toBe(2);
});

it("shows conflicts, doubts, limits and exceptions, also of what passes", async () => {
  await room.hub.push({
    id: "org/torn",
    files: { "m-Q4_K_M.gguf": tinyGguf() },
    card: { license: "mit", license_name: "llama3.1" },
  });
  const asked = await sarif("org/torn", "org/silent");
  expect([asked.code, asked.results.map(({ ruleId, level }) => [ruleId, level])]).toEqual([
    5,
    [
      ["class/community", "warning"],
      ["conflict/card-contradicts-itself", "warning"],
      ["doubt/unresolved", "warning"],
    ],
  ]);
  room.put(
    "license:\n  allow: [community]\n  conflict: allow\n  facts:\n    mau: 900000000\n  exceptions:\n" +
      "    - {repo: org/torn, reason: test, approver: a, expires: 2099-01-01}\n",
  );
  const passing = await sarif("org/torn", "org/llama");
  expect(passing.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ["policy/exception", "note"],
    ["conflict/card-contradicts-itself", "note"],
    ["policy/meets-mau-limit", "error"],
  ]);
});

it("writes the report to a file, and passes with 0", async () => {
  const path = join(room.project, "reports", "licenses.xml");
  const args = ["org/free", "org/llama", "--accept-license", "llama3.1", "--output", path];
  const { code, stdout, stderr } = await check("junit", ...args);
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toContain("2 judged, 0 of them not passing");
  expect(junit(readFileSync(path, "utf8")).counts).toMatchObject({ tests: "2", failures: "0", errors: "0" });
});

it("lets nothing hostile out of its place", async () => {
  const name = `x]]><a "b" & '\u001b[31m\ufffe[link](http://example.org) {0}`;
  const { stdout } = await check("junit", name, "org/free");
  const [model] = junit(stdout).cases;
  expect([model?.name, model?.parts.map((part) => part.name)]).toEqual([
    `x]]><a "b" & '[link](http://example.org) {0}`,
    ["error"],
  ]);
  const { results } = await sarif(name);
  expect(results[0]?.message.text).toContain("\\[link\\](http://example.org) {{0}}");
});

it("takes an id that only one of the models uses, and none that is nobody's", async () => {
  await room.hub.push({ id: "org/odd", files: { "m-Q4_K_M.gguf": tinyGguf() }, card: { license: "our-own-terms" } });
  const offers = ["--accept-license", "our-own-terms", "--accept-license", "llama3.1"];
  const { code, stdout } = await check("junit", "org/free", "org/odd", "org/llama", ...offers);
  expect([code, junit(stdout).counts]).toEqual([0, expect.objectContaining({ tests: "3", failures: "0" })]);
  const typo = await check("junit", "org/free", "org/odd", "--accept-license", "our-own-term");
  expect(typo).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("is not a license id") });
});

it("keeps the exit code of an error where nothing is refused, and judges the others", async () => {
  const { code, stdout } = await check("junit", "org/none", "org/free", "no such name");
  expect([code, junit(stdout).counts]).toEqual([3, expect.objectContaining({ failures: "0", errors: "2" })]);
});

it("shows several models as text too", async () => {
  const { code, stdout } = await room.oslm(["license", "org/free", "org/nc"]);
  expect([code, stdout.match(/^license\t.*$/gm)]).toEqual([
    5,
    ["license\tmit (MIT License)", expect.stringContaining("cc-by-nc-4.0")],
  ]);
});

it.each([
  ["a broken policy", "license: [", ["org/free", "--format", "junit"], 2, /cannot be used/],
  ["--json beside it", DENY, ["org/free", "--format", "sarif", "--json"], 2, /--json shows one license/],
  ["an unknown format", DENY, ["org/free", "--format", "html"], 2, /There are text, sarif, junit/],
])("reports nothing with %s", async (_what, policy, args, code, says) => {
  room.put(policy);
  const output = join(room.project, "out");
  const result = await room.oslm(["license", ...args, "--output", output]);
  expect(result).toEqual({ code, stdout: "", stderr: expect.stringMatching(says) });
  expect(existsSync(output)).toBe(false);
});
