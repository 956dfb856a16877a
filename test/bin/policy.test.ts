// License policies as people meet them: the built program, real files, a Hub that keeps a log.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEMO } from "../support/oslm.js";
import { startPlainServer } from "../support/plain-server.js";
import { licensePart } from "../support/policy.js";
import { openPolicyRoom, type PolicyRoom } from "../support/policy-room.js";

let room: PolicyRoom;
beforeEach(async () => {
  room = await openPolicyRoom();
});
afterEach(() => room.close());

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
  room.put(licensePart(policy));
  const license = { "org/llama": "llama3.1", "org/nc": "cc-by-nc-4.0", "org/bare": "mit" }[model] ?? "unknown";
  const before = room.home.filesButEvidence();
  // A run of what is not here yet goes the same way.
  for (const command of model === "org/nc" ? [["run", model, "hi"]] : [["pull", model]]) {
    const { code, stdout, stderr } = await room.oslm([...command, "--accept-license", license, "--yes"]);
    expect([code, stdout]).toEqual([5, ""]);
    const lines = stderr.trimEnd().split("\n").slice(-3);
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^oslm: the license of ${model} is denied by policy: `)),
      expect.stringMatching(says),
      "Try: choose another model, or have an exception for it written into oslm.yaml",
    ]);
  }
  expect([room.hub.requests.length > 0, room.weights()]).toEqual([true, []]);
  expect(room.home.filesButEvidence()).toEqual(before);
});

it("tells programs the rule, the file and the line", async () => {
  const file = room.put(licensePart("allow: [mit]\ndeny: [non-commercial]\nreview: [mit]"));
  const denied = await room.oslm(["pull", "org/nc", "--json"]);
  expect(JSON.parse(denied.stderr).error).toMatchObject({
    code: "license-denied",
    exitCode: 5,
    facts: { id: "cc-by-nc-4.0", rule: "deny class non-commercial", file, line: 3 },
  });
  const asked = await room.oslm(["pull", "org/free", "--json"]);
  expect(JSON.parse(asked.stderr).error).toMatchObject({
    code: "license-not-accepted",
    exitCode: 5,
    facts: { id: "mit", rule: "review id mit", file, line: 4 },
  });
  expect(room.weights()).toEqual([]);
  const { code, stdout } = await room.oslm(["pull", "org/free", "--json", "--accept-license", "mit"]);
  expect([code, JSON.parse(stdout).license.decision]).toEqual([0, "allow"]);
});

it("lets pass what it allows, and says by which rule", async () => {
  const file = room.put(licensePart("allow: [community]\nrequire_text: warn"));
  const { code, stdout, stderr } = await room.oslm(["pull", "org/llama", "--json"]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(JSON.parse(stdout).license).toMatchObject({
    decision: "allow",
    rule: { rule: "allow class community", file, line: 2 },
  });
  expect(JSON.parse(stdout).license.reasons).toContain(
    "Warning: oslm.yaml:3 require_text: the repository holds no license text.",
  );
  const shown = await room.oslm(["pull", "org/llama"]);
  expect(shown.stderr).toContain("oslm.yaml:2 allow class community.");
});

it("lets an exception pass until it expires, and shows it each time", async () => {
  const exception = (day: string) =>
    licensePart(
      `deny: [non-commercial]\nexceptions:\n  - {repo: org/nc, reason: a trial, approver: jane@example.org, expires: ${day}}`,
    );
  room.put(exception("2999-12-31"));
  const passed = await room.oslm(["pull", "org/nc"]);
  expect([passed.code, passed.stderr]).toEqual([
    0,
    expect.stringMatching(/oslm\.yaml:4 exception until 2999-12-31, approved by jane@example\.org: a trial\./),
  ]);
  const [first] = (await room.oslm(["run", "org/nc", "hi"])).stderr.split("\n");
  expect(first).toMatch(/oslm\.yaml:4 exception until 2999-12-31/);
  room.put(exception("2020-12-31"));
  // The stored model is judged again.
  const { code, stdout, stderr } = await room.oslm(["run", "org/nc", "hi"]);
  expect([code, stdout, stderr]).toEqual([5, "", expect.stringMatching(/exception expired on 2020-12-31/)]);
});

it("judges files by their header before they run", async () => {
  const receipt = join(room.project, "r.json");
  await room.oslm(["run", "demo", "hi", "-n", "1", "--receipt", receipt]);
  room.put(licensePart("deny: [permissive]"));
  for (const args of [
    ["run", DEMO, "hi"],
    ["run", "demo", "hi"],
    ["replay", receipt],
  ]) {
    const { code, stderr } = await room.oslm(args);
    expect([code, stderr]).toEqual([5, expect.stringMatching(/oslm\.yaml:2 deny class permissive\./)]);
  }
  // What was imported is judged like it; nobody was asked about it.
  const { stdout } = await room.oslm(["import", DEMO, "--json"]);
  const { name, license } = JSON.parse(stdout);
  expect([license.decision, license.rule.rule]).toEqual(["deny", "deny class permissive"]);
  expect((await room.oslm(["run", name, "hi"])).code).toBe(5);
  room.put(licensePart("review: [permissive]"));
  expect((await room.oslm(["run", name, "hi"])).code).toBe(5);
  const asked = await room.oslm(["run", DEMO, "hi"]);
  for (const { code, stderr } of [asked, await room.oslm(["replay", receipt])])
    expect([code, stderr]).toEqual([5, expect.stringMatching(/Try: oslm run .* --accept-license mit/)]);
  expect((await room.oslm(["run", DEMO, "hi", "-n", "2", "--accept-license", "mit"])).code).toBe(0);
  // What was accepted for a run counts for its receipt.
  expect((await room.oslm(["replay", receipt])).stdout).toBe("identical\n");
});

it("judges what a web server has by its header, and fetches no more than that", async () => {
  room.put(licensePart("deny: [permissive]"));
  const model = readFileSync(DEMO);
  const web = await startPlainServer(({ serve }) => serve(model));
  const command = ["pull", `${web.url}.gguf`, "--sha256", createHash("sha256").update(model).digest("hex")];
  const { code, stdout, stderr } = await room.oslm([...command, "--accept-license", "mit"]);
  expect([code, stdout, stderr]).toEqual([5, "", expect.stringMatching(/oslm\.yaml:2 deny class permissive\./)]);
  expect(web.requests.length).toBeGreaterThan(0);
  expect(web.requests.filter(({ range }) => range === undefined)).toEqual([]);
  await web.close();
});
