// License policies as people meet them: the built program, real files, a Hub that keeps a log.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { DEMO, Home, type Result } from "../support/oslm.js";
import { licensePart } from "../support/policy.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
let project: string;

const files = { "m-Q4_K_M.gguf": tinyGguf() };
beforeEach(async () => {
  hub = await startFakeHub({
    repos: [
      { id: "org/free", files: { ...files, LICENSE: Buffer.from("MIT License") }, card: { license: "mit" } },
      { id: "org/bare", files, card: { license: "mit" } },
      { id: "org/llama", files, card: { license: "llama3.1" } },
      { id: "org/nc", files, card: { license: "cc-by-nc-4.0" } },
      { id: "org/silent", files },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  project = join(home.path, "work", "app");
  mkdirSync(join(project, ".git"), { recursive: true });
});
afterEach(async () => {
  await hub.close();
  home.remove();
});

function put(text: string, path = join(project, "oslm.yaml")): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const oslm = (args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = project): Promise<Result> =>
  home.run(args, { cwd, env });
const weights = () => hub.requests.filter(({ path, host }) => path.endsWith(".gguf") || host === "cdn");

it.each<[string, string, string, RegExp]>([
  ["id", "org/llama", "deny:\n  - llama3.1", /oslm\.yaml:3 deny id llama3\.1\./],
  ["class", "org/nc", "deny: [non-commercial]", /oslm\.yaml:2 deny class non-commercial\./],
  ["condition", "org/llama", "allow: [llama3.1]\ndeny: [mau-limit]", /oslm\.yaml:3 deny condition mau-limit\./],
  ["fact", "org/llama", "facts:\n  mau: 800000000", /oslm\.yaml:3 mau 800000000 meets mau-limit of llama3\.1\./],
  [
    "use",
    "org/nc",
    "facts: {use: [commercial]}",
    /oslm\.yaml:2 use commercial meets non-commercial of cc-by-nc-4\.0\./,
  ],
  ["missing license", "org/silent", "unknown: deny", /oslm\.yaml:2 unknown deny\./],
  [
    "missing text",
    "org/bare",
    "require_text: true",
    /oslm\.yaml:2 require_text: the repository holds no license text\./,
  ],
  [
    "expired exception",
    "org/nc",
    "deny: [non-commercial]\nexceptions:\n  - {repo: org/nc, reason: trial, approver: jane, expires: 2020-01-31}",
    /deny class non-commercial\..*oslm\.yaml:4 exception expired on 2020-01-31\./,
  ],
])("denies by %s, accepted or not, without a byte of weights", async (_what, model, policy, says) => {
  put(licensePart(policy));
  const license = { "org/llama": "llama3.1", "org/nc": "cc-by-nc-4.0", "org/bare": "mit" }[model] ?? "unknown";
  const before = home.files();
  // A run of what is not here yet goes the same way.
  for (const command of model === "org/nc" ? [["run", model, "hi"]] : [["pull", model]]) {
    const { code, stdout, stderr } = await oslm([...command, "--accept-license", license, "--yes"]);
    expect([code, stdout]).toEqual([5, ""]);
    const lines = stderr.trimEnd().split("\n").slice(-3);
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^oslm: the license of ${model} is denied by policy: `)),
      expect.stringMatching(says),
      `Try: choose another model, or have an exception for it written into ${join(project, "oslm.yaml")}`,
    ]);
  }
  expect([hub.requests.length > 0, weights()]).toEqual([true, []]);
  expect(home.files()).toEqual(before);
});

it("tells programs the rule, the file and the line", async () => {
  const file = put(licensePart("allow: [mit]\ndeny: [non-commercial]\nreview: [mit]"));
  const denied = await oslm(["pull", "org/nc", "--json"]);
  expect(JSON.parse(denied.stderr).error).toMatchObject({
    code: "license-denied",
    exitCode: 5,
    facts: { id: "cc-by-nc-4.0", rule: "deny class non-commercial", file, line: 3 },
  });
  const asked = await oslm(["pull", "org/free", "--json"]);
  expect(JSON.parse(asked.stderr).error).toMatchObject({
    code: "license-not-accepted",
    exitCode: 5,
    facts: { id: "mit", rule: "review id mit", file, line: 4 },
  });
  expect(weights()).toEqual([]);
  const { code, stdout } = await oslm(["pull", "org/free", "--json", "--accept-license", "mit"]);
  expect([code, JSON.parse(stdout).license.decision]).toEqual([0, "allow"]);
});

it("lets pass what it allows, and says by which rule", async () => {
  const file = put(licensePart("allow: [community]\nrequire_text: warn"));
  const { code, stdout, stderr } = await oslm(["pull", "org/llama", "--json"]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(JSON.parse(stdout).license).toMatchObject({
    decision: "allow",
    rule: { rule: "allow class community", file, line: 2 },
  });
  expect(JSON.parse(stdout).license.reasons).toContain(
    "Warning: oslm.yaml:3 require_text: the repository holds no license text.",
  );
  const shown = await oslm(["pull", "org/llama"]);
  expect(shown.stderr).toContain("oslm.yaml:2 allow class community.");
});

it("lets an exception pass until it expires, and shows it each time", async () => {
  const exception = (day: string) =>
    licensePart(
      `deny: [non-commercial]\nexceptions:\n  - {repo: org/nc, reason: a trial, approver: jane@example.org, expires: ${day}}`,
    );
  put(exception("2999-12-31"));
  const passed = await oslm(["pull", "org/nc"]);
  expect([passed.code, passed.stderr]).toEqual([
    0,
    expect.stringMatching(/oslm\.yaml:4 exception until 2999-12-31, approved by jane@example\.org: a trial\./),
  ]);
  const [first] = (await oslm(["run", "org/nc", "hi"])).stderr.split("\n");
  expect(first).toMatch(/oslm\.yaml:4 exception until 2999-12-31/);
  put(exception("2020-12-31"));
  // The stored model is judged again.
  const { code, stdout, stderr } = await oslm(["run", "org/nc", "hi"]);
  expect([code, stdout, stderr]).toEqual([5, "", expect.stringMatching(/exception expired on 2020-12-31/)]);
});

const BROKEN: readonly (readonly [what: string, text: string, says: RegExp, hint: RegExp])[] = [
  [
    "an unknown key",
    "license:\n  dney: [mit]\n",
    /Line 2, column 3, license\.dney: there is no key "dney"/,
    /write deny there/,
  ],
  [
    "an unknown word",
    "license:\n  deny:\n    - lama3.1\n",
    /Line 3, column 7, license\.deny\[0\]: "lama3\.1" is no/,
    /write llama3\.1 there/,
  ],
  ["a bracket too few", "license:\n  deny: [mit\n", /Line \d/, /correct line/],
  ["no policy in it", "", /it must hold keys: license/, /correct line 1/],
];
it.each(BROKEN)("stops at %s before anything else", async (_what, text, says, hint) => {
  put(licensePart("allow: [mit]"));
  expect((await oslm(["pull", "org/free"])).code).toBe(0);
  hub.requests.length = 0;
  put(text);
  for (const args of [
    ["pull", "org/free"],
    ["run", "org/free", "hi"],
    ["run", "demo", "hi"],
    ["run", DEMO, "hi"],
  ]) {
    const { code, stdout, stderr } = await oslm(args);
    expect([args, code, stdout, stderr]).toEqual([args, 2, "", expect.stringMatching(says)]);
    expect(stderr).toMatch(
      /^oslm: the policy in oslm\.yaml cannot be used, and nothing passes until it can\n {2}.*\nTry: .*\n$/m,
    );
    expect(stderr).toMatch(hint);
  }
  expect(hub.requests).toEqual([]);
  const json = JSON.parse((await oslm(["pull", "org/free", "--json"])).stderr).error;
  expect(json).toMatchObject({
    code: "bad-policy",
    exitCode: 2,
    facts: { file: "oslm.yaml", line: expect.any(Number) },
  });
  const recorded = await oslm(["list", "--quiet"]);
  expect([(await oslm(["import", DEMO])).code, await oslm(["list", "--quiet"])]).toEqual([2, recorded]);
  // What judges nothing goes on working.
  expect((await oslm(["list", "--quiet"])).code).toBe(0);
});

it("holds a project to its organization's policy", async () => {
  const org = put(licensePart("deny: [non-commercial]\nfacts: {mau: 800000000}"), join(home.path, "policy.yaml"));
  put(
    licensePart(
      "allow: [non-commercial, community, mau-limit]\nfacts: {mau: 1}\nexceptions:\n  - {repo: org/nc, reason: r, approver: a, expires: 2999-01-01}",
    ),
  );
  const env = { OSLM_POLICY: org };
  for (const [model, rule] of [
    ["org/nc", "deny class non-commercial"],
    ["org/llama", "mau 800000000 meets mau-limit of llama3.1"],
  ] as const) {
    for (const flags of [[], ["--policy", "oslm.yaml"]]) {
      const { code, stderr } = await oslm(["pull", model, "--json", ...flags], env);
      expect([code, JSON.parse(stderr).error.facts]).toEqual([5, expect.objectContaining({ rule, file: org })]);
    }
  }
  expect(weights()).toEqual([]);
  expect((await oslm(["pull", "org/nc"])).code).toBe(0);
  const missing = await oslm(["run", "org/nc", "hi"], { OSLM_POLICY: join(home.path, "none.yaml") });
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/there is no such file/)]);
});

it("takes the nearest oslm.yaml of the repository, or the file that --policy names in its place", async () => {
  put(licensePart("deny: [permissive]"), join(home.path, "work", "oslm.yaml"));
  const below = join(project, "src", "deep");
  mkdirSync(below, { recursive: true });
  // Beyond the root of the repository nothing counts.
  expect((await oslm(["pull", "org/free"], {}, below)).code).toBe(0);
  const root = put(licensePart("deny: [mit]"));
  const denied = await oslm(["pull", "org/free", "--json"], {}, below);
  expect([denied.code, JSON.parse(denied.stderr).error.facts.file]).toEqual([5, root]);
  const other = put(licensePart("allow: [mit]"), join(home.path, "other.yaml"));
  expect((await oslm(["pull", "org/free", "--policy", other], {}, below)).code).toBe(0);
});

it("judges files by their header before they run", async () => {
  put(licensePart("deny: [permissive]"));
  for (const args of [
    ["run", DEMO, "hi"],
    ["run", "demo", "hi"],
  ]) {
    const { code, stderr } = await oslm(args);
    expect([code, stderr]).toEqual([5, expect.stringMatching(/oslm\.yaml:2 deny class permissive\./)]);
  }
  // What was imported is judged like it; nobody was asked about it.
  const { stdout } = await oslm(["import", DEMO, "--json"]);
  const { name, license } = JSON.parse(stdout);
  expect([license.decision, license.rule.rule]).toEqual(["deny", "deny class permissive"]);
  expect((await oslm(["run", name, "hi"])).code).toBe(5);
  put(licensePart("review: [permissive]"));
  expect((await oslm(["run", name, "hi"])).code).toBe(5);
  const asked = await oslm(["run", DEMO, "hi"]);
  expect([asked.code, asked.stderr]).toEqual([5, expect.stringMatching(/Try: oslm run .* --accept-license mit/)]);
  expect((await oslm(["run", DEMO, "hi", "-n", "2", "--accept-license", "mit"])).code).toBe(0);
});
