// Which policy files the built program heeds, and what it does with broken ones.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEMO } from "../support/oslm.js";
import { licensePart } from "../support/policy.js";
import { openPolicyRoom, type PolicyRoom } from "../support/policy-room.js";

let room: PolicyRoom;
beforeEach(async () => {
  room = await openPolicyRoom();
});
afterEach(() => room.close());

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
  room.put(licensePart("allow: [mit]"));
  expect((await room.oslm(["pull", "org/free"])).code).toBe(0);
  room.hub.requests.length = 0;
  room.put(text);
  const commands = [
    ["pull", "org/free"],
    ["run", "org/free", "hi"],
    ["run", "demo", "hi"],
    ["run", DEMO, "hi"],
  ];
  const results = await Promise.all(commands.map((args) => room.oslm(args)));
  for (const { code, stdout, stderr } of results) {
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(says)]);
    expect(stderr).toMatch(
      /^oslm: the policy in oslm\.yaml cannot be used, and nothing passes until it can\n {2}.*\nTry: .*\n$/m,
    );
    expect(stderr).toMatch(hint);
  }
  expect(room.hub.requests).toEqual([]);
});

it("tells programs where the file is broken, imports nothing, and lets go on what judges nothing", async () => {
  const file = room.put("license:\n  dney: [mit]\n");
  const json = JSON.parse((await room.oslm(["pull", "org/free", "--json"])).stderr).error;
  expect(json).toMatchObject({
    code: "bad-policy",
    exitCode: 2,
    facts: { file, line: 2, column: 3, key: "license.dney", suggestion: "deny" },
  });
  const recorded = await room.oslm(["list", "--quiet"]);
  expect([(await room.oslm(["import", DEMO])).code, await room.oslm(["list", "--quiet"])]).toEqual([2, recorded]);
  // What judges nothing goes on working.
  expect((await room.oslm(["list", "--quiet"])).code).toBe(0);
});

it("takes an oslm.yaml that leads nowhere for a broken one", async () => {
  symlinkSync(join(room.home.path, "gone.yaml"), join(room.project, "oslm.yaml"));
  const { code, stderr } = await room.oslm(["run", "demo", "hi"]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/\n {2}There is no such file\.\n/)]);
});

it("holds a project to its organization's policy", async () => {
  const org = room.put(
    licensePart("deny: [non-commercial]\nfacts: {mau: 800000000}"),
    join(room.home.path, "policy.yaml"),
  );
  room.put(
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
      const { code, stderr } = await room.oslm(["pull", model, "--json", ...flags], { env });
      expect([code, JSON.parse(stderr).error.facts]).toEqual([5, expect.objectContaining({ rule, file: org })]);
    }
  }
  expect(room.weights()).toEqual([]);
  expect((await room.oslm(["pull", "org/nc"])).code).toBe(0);
  const missing = await room.oslm(["run", "org/nc", "hi"], { env: { OSLM_POLICY: join(room.home.path, "none.yaml") } });
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/\n {2}There is no such file\.\n/)]);
});

it("takes the nearest oslm.yaml of the repository, or the file that --policy names in its place", async () => {
  room.put(licensePart("deny: [permissive]"), join(room.home.path, "work", "oslm.yaml"));
  const below = join(room.project, "src", "deep");
  mkdirSync(below, { recursive: true });
  // Beyond the root of the repository nothing counts.
  expect((await room.oslm(["pull", "org/free"], { cwd: below })).code).toBe(0);
  const root = room.put(licensePart("deny: [mit]"));
  const denied = await room.oslm(["pull", "org/free", "--json"], { cwd: below });
  expect([denied.code, JSON.parse(denied.stderr).error.facts.file]).toEqual([5, root]);
  const other = room.put(licensePart("allow: [mit]"), join(room.home.path, "other.yaml"));
  expect((await room.oslm(["pull", "org/free", "--policy", other], { cwd: below })).code).toBe(0);
});
