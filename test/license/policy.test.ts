// What a policy makes of a license: its lists, its facts, its exceptions, and two files at once.
import { expect, it } from "vitest";
import { judgeLicense, type LicenseEvidence } from "../../src/license/verdict.js";
import { licensePart, policyOf } from "../support/policy.js";
import { TEXTS } from "./texts.js";

/** `org/m` with this license. */
const model = (license: string, more: Partial<LicenseEvidence> = {}): LicenseEvidence => ({
  card: { license: license === "" ? [] : [license], baseModels: [] },
  subject: { repo: "org/M", commit: "a".repeat(40) },
  ...more,
});
const judged = (license: string, policy: string, more?: Partial<LicenseEvidence>) =>
  judgeLicense(model(license, more), policyOf(licensePart(policy)));

const mit = { path: "LICENSE", text: TEXTS.mit ?? "" };

type Case = readonly [policy: string, license: string, decision: string, rule: string | undefined];

it.each<Case>([
  // The defaults hold where the file is silent.
  ["allow: []", "mit", "allow", undefined],
  ["allow: []", "llama3.1", "ask", undefined],
  // Ids, classes and conditions.
  ["deny: [mit]", "mit", "deny", "deny id mit"],
  ["deny: [permissive]", "mit", "deny", "deny class permissive"],
  ["deny: [mau-limit]", "llama3.1", "deny", "deny condition mau-limit"],
  ["allow: [llama3.1]", "llama3.1", "allow", "allow id llama3.1"],
  ["allow: [community]", "llama3.1", "allow", "allow class community"],
  ["review: [permissive]", "mit", "ask", "review class permissive"],
  // Deny beats review beats allow, wherever they stand.
  ["allow: [llama3.1]\ndeny: [community]", "llama3.1", "deny", "deny class community"],
  ["deny: [mau-limit]\nallow: [llama3.1]", "llama3.1", "deny", "deny condition mau-limit"],
  ["allow: [mit]\nreview: [permissive]", "mit", "ask", "review class permissive"],
  ["review: [mit]\ndeny: [mit]", "mit", "deny", "deny id mit"],
  // A word means all that it names, unless it is narrowed.
  ["deny: [non-commercial]", "cc-by-nc-4.0", "deny", "deny class non-commercial"],
  ["deny: [condition:non-commercial]", "cc-by-nc-4.0", "deny", "deny condition non-commercial"],
  ["deny: [class:non-commercial]", "mrl", "ask", undefined],
  ["deny: [condition:non-commercial]", "mrl", "deny", "deny condition non-commercial"],
  // A condition in allow lets no license pass that has it.
  ["allow: [attribution-notice]", "cc-by-nc-4.0", "ask", undefined],
  ["allow: [condition:non-commercial]", "cc-by-nc-4.0", "ask", undefined],
  // What oslm does not know.
  ["unknown: deny", "acme-1", "deny", "unknown deny"],
  ["unknown: deny", "", "deny", "unknown deny"],
  ["unknown: allow", "acme-1", "allow", "unknown allow"],
  ["unknown: review", "acme-1", "ask", "unknown review"],
  ["unknown: deny", "mit", "allow", undefined],
  ["deny: [unknown]", "acme-1", "deny", "deny class unknown"],
  ["allow: [unknown]", "acme-1", "allow", "allow class unknown"],
  ["allow: [id:acme-1]\nunknown: deny", "acme-1", "allow", "allow id acme-1"],
  ["allow: [id:acme-1]\nunknown: deny", "acme-2", "deny", "unknown deny"],
  // `gpl` leaves the version open: its class settles that no more than the default does.
  ["allow: [copyleft]", "gpl", "ask", undefined],
  ["allow: [gpl]", "gpl", "allow", "allow id gpl"],
  ["allow: [copyleft]\nunknown: deny", "gpl", "deny", "unknown deny"],
])("%j and %s: %s", (policy, license, decision, rule) => {
  const verdict = judged(license, policy);
  expect([verdict.decision, verdict.rule?.rule]).toEqual([decision, rule]);
});

it.each<readonly [string, Partial<LicenseEvidence>]>([
  ["a base model that is gone", { ancestors: [{ repo: "org/base", gap: "missing" }] }],
  ["a text that could not be read", { texts: [{ path: "LICENSE", text: null }] }],
  ["a text that oslm does not know", { texts: [{ path: "LICENSE", text: "All yours.".repeat(200) }] }],
  ["a second text that could not be read", { texts: [mit, { path: "LICENSE-2", text: null }] }],
  ["a second text that oslm does not know", { texts: [mit, { path: "LICENSE-2", text: "All yours.".repeat(200) }] }],
  ["a text that says more", { texts: [{ ...mit, text: `${mit.text} For research only.` }] }],
  ["evidence that is lost", { missing: "what was there is not kept" }],
])("does not take an allowed id for an answer to %s", (_what, evidence) => {
  const decisions = (policy: string) => judged("mit", policy, evidence).decision;
  expect(decisions("allow: [mit, permissive]")).toBe("ask");
  expect(decisions("allow: [mit, permissive]\nunknown: deny")).toBe("deny");
  expect(decisions("allow: [mit]\nunknown: allow")).toBe("allow");
  expect(judged("mit", "allow: [mit]\nunknown: deny", evidence).rule?.rule).toBe("unknown deny");
});

const with_ = (facts: string, lists = ""): string =>
  `facts:\n  ${facts.replaceAll("\n", "\n  ")}${lists && `\n${lists}`}`;

it.each<Case>([
  // A limit that is met denies; one that is not leaves the rest as it is.
  [with_("mau: 700000001"), "llama3.1", "deny", "mau 700000001 meets mau-limit of llama3.1"],
  [with_("mau: 700000000"), "llama3.1", "ask", undefined],
  [with_("mau: 1000", "allow: [community]"), "llama3.1", "allow", "allow class community"],
  [with_("mau: 1000", "deny: [mau-limit]\nallow: [community]"), "llama3.1", "allow", "allow class community"],
  [with_("mau: 800000000", "allow: [community]"), "llama3.1", "deny", "mau 800000000 meets mau-limit of llama3.1"],
  // Settled by another agreement.
  [with_("mau: 800000000", "allow: [community, mau-limit]"), "llama3.1", "allow", "allow class community"],
  [
    with_("mau: 800000000", "allow: [community, mau-limit]\ndeny: [mau-limit]"),
    "llama3.1",
    "deny",
    "deny condition mau-limit",
  ],
  [with_("mau: 800000000"), "mit", "allow", undefined],
  [
    with_("revenue_usd: 2000000"),
    "stabilityai-ai-community",
    "deny",
    "revenue_usd 2000000 meets revenue-limit of stabilityai-ai-community",
  ],
  [with_("revenue_usd: 10"), "stabilityai-ai-community", "ask", undefined],
  // A limit for operators of services only.
  [with_("revenue_usd: 30000000"), "kimi-k3", "ask", "revenue_usd 30000000 may meet revenue-limit of kimi-k3"],
  [
    with_("revenue_usd: 30000000\nuse: [service]"),
    "kimi-k3",
    "deny",
    "revenue_usd 30000000 meets revenue-limit of kimi-k3",
  ],
  [
    with_("revenue_usd: 30000000\nuse: internal", "deny: [revenue-limit]\nallow: [kimi-k3]"),
    "kimi-k3",
    "allow",
    "allow id kimi-k3",
  ],
  // The limit is not known in figures.
  [
    with_("revenue_usd: 5", "allow: [grok2-community]"),
    "grok2-community",
    "ask",
    "revenue_usd 5 may meet revenue-limit of grok2-community",
  ],
  [with_("revenue_usd: 2000000"), "tii-falcon-llm", "ask", "revenue_usd 2000000 may meet royalty of tii-falcon-llm"],
  [
    with_("regions: [US, DE]"),
    "tencent-hunyuan-community",
    "deny",
    "region DE meets region-exclusion of tencent-hunyuan-community",
  ],
  [
    with_("regions: [EU]"),
    "tencent-hunyuan-community",
    "deny",
    "region EU meets region-exclusion of tencent-hunyuan-community",
  ],
  [
    with_("regions: [US, CH]", "deny: [region-exclusion]\nallow: [community]"),
    "tencent-hunyuan-community",
    "allow",
    "allow class community",
  ],
  // For multimodal models only; what this one is, the license does not tell.
  [with_("regions: [FR]", "allow: [community]"), "llama3.2", "ask", "region FR may meet region-exclusion of llama3.2"],
  [with_("use: commercial"), "cc-by-nc-4.0", "deny", "use commercial meets non-commercial of cc-by-nc-4.0"],
  [with_("use: [internal]"), "cc-by-nc-4.0", "ask", undefined],
  [
    with_("use: [internal]", "deny: [condition:non-commercial]"),
    "cc-by-nc-4.0",
    "deny",
    "deny condition non-commercial",
  ],
  [
    with_("use: finetune", "deny: [condition:non-commercial]\nallow: [cc-by-nc-4.0]"),
    "cc-by-nc-4.0",
    "allow",
    "allow id cc-by-nc-4.0",
  ],
  [with_("use: [service]"), "mnpl", "deny", "use service meets non-production of mnpl"],
  [with_("use: [redistribute]"), "llama", "deny", "use redistribute meets no-redistribution of llama"],
  [
    with_("use: [redistribute]"),
    "microsoft-research-license",
    "ask",
    "use redistribute may meet no-redistribution of microsoft-research-license",
  ],
  [with_("use: [finetune]"), "cc-by-nd-4.0", "ask", undefined],
  [
    with_("use: [finetune, redistribute]"),
    "cc-by-nd-4.0",
    "deny",
    "use finetune, redistribute meets no-derivatives of cc-by-nd-4.0",
  ],
  [
    with_("use: [train-on-outputs]"),
    "tencent-hunyuan-community",
    "deny",
    "use train-on-outputs meets no-train-competing-models of tencent-hunyuan-community",
  ],
  [
    with_("use: [train-on-outputs]", "allow: [llama3]"),
    "llama3",
    "ask",
    "use train-on-outputs may meet no-train-competing-models of llama3",
  ],
  [with_("use: [service]"), "falcon-180b", "ask", "use service may meet hosting-restriction of falcon-180b"],
])("facts: %j and %s: %s", (policy, license, decision, rule) => {
  const verdict = judged(license, policy);
  expect([verdict.decision, verdict.rule?.rule]).toEqual([decision, rule]);
});

it("judges every license by the facts that leave nothing open", () => {
  const facts = with_("mau: 0\nrevenue_usd: 0\nregions: [CH]\nuse: [finetune]");
  for (const key of ["mau-limit", "region-exclusion", "hosting-restriction", "no-compete", "non-production"]) {
    const policy = policyOf(licensePart(`${facts}\ndeny: [condition:${key}]`));
    const ids = ["llama3.1", "tencent-hunyuan-community", "falcon-180b", "hyperclovax-seed", "mnpl"];
    expect(ids.filter((id) => judgeLicense(model(id), policy).decision === "deny")).toEqual([]);
  }
});

const exception = (more = "", expires = "2026-12-31"): string => `deny: [community]
exceptions:
  - repo: Org/m
    reason: trial with legal
    approver: jane@example.org
    expires: ${expires}${more}`;

it.each<[string, string, Partial<LicenseEvidence>, string, RegExp]>([
  [
    "in time",
    exception(),
    {},
    "allow",
    /oslm\.yaml:4 exception until 2026-12-31, approved by jane@example\.org: trial with legal\./,
  ],
  ["on its last day", exception("", "2026-11-21"), {}, "allow", /exception until/],
  [
    "expired",
    exception("", "2026-11-20"),
    {},
    "deny",
    /oslm\.yaml:2 deny class community\..*oslm\.yaml:4 exception expired on 2026-11-20\./,
  ],
  ["for this commit", exception(`\n    commit: ${"a".repeat(40)}`), {}, "allow", /exception until/],
  ["for another commit", exception(`\n    commit: ${"b".repeat(40)}`), {}, "deny", /^(?!.*exception)/],
  ["for another repository", exception(), { subject: { repo: "org/m2" } }, "deny", /^(?!.*exception)/],
  ["for a file of nowhere", exception(), { subject: {} }, "deny", /^(?!.*exception)/],
])("an exception %s", (_what, policy, more, decision, says) => {
  const verdict = judged("llama3.1", policy, more);
  expect([verdict.decision, verdict.reasons.join(" ")]).toEqual([decision, expect.stringMatching(says)]);
});

it("names an exception also where the defaults would allow the license", () => {
  const verdict = judged("mit", exception().replace("community", "mit"));
  expect(verdict.rule).toEqual({
    rule: "exception until 2026-12-31, approved by jane@example.org: trial with legal",
    file: "/work/oslm.yaml",
    line: 4,
  });
  expect(verdict.reasons.at(-1)).toBe(`oslm.yaml:4 ${verdict.rule?.rule}.`);
});

it("lets an exception settle doubts, conflicts and facts of its own file, and of no file before it", () => {
  const strict = `${exception()}\nunknown: deny\nconflict: deny\nrequire_text: true\nfacts: {mau: 900000000}`;
  const evidence = model("llama3.1", { expected: "mit", subject: { repo: "org/m", hasText: false } });
  expect(judgeLicense(evidence, policyOf(licensePart(strict))).decision).toBe("allow");
  const org = licensePart("deny: [llama3.1]");
  expect(judgeLicense(evidence, policyOf(org, licensePart(strict)))).toMatchObject({
    decision: "deny",
    rule: { rule: "deny id llama3.1", file: "/work/org.yaml", line: 2 },
  });
});

it.each<[string, string, string, string, string | undefined]>([
  ["deny: [llama3.1]", "allow: [llama3.1]", "llama3.1", "deny", "deny id llama3.1"],
  ["review: [community]", "allow: [llama3.1]", "llama3.1", "ask", "review class community"],
  ["allow: [community]", "deny: [mau-limit]", "llama3.1", "deny", "deny condition mau-limit"],
  ["unknown: deny", "unknown: allow", "acme-1", "deny", "unknown deny"],
  ["unknown: deny", "allow: [id:acme-1]", "acme-1", "deny", "unknown deny"],
  // Facts of the organization hold in the project; smaller ones do not lift what the organization's say.
  [
    "facts: {mau: 900000000}",
    "facts: {mau: 10}\nallow: [community]",
    "llama3.1",
    "deny",
    "mau 900000000 meets mau-limit of llama3.1",
  ],
  ["facts: {mau: 10}", "deny: [mau-limit]\nallow: [community]", "llama3.1", "allow", "allow class community"],
  ["deny: [mau-limit]", "facts: {mau: 10}\nallow: [community]", "llama3.1", "deny", "deny condition mau-limit"],
  // An agreement of the organization counts for its projects; one of the project does not for the organization.
  ["facts: {mau: 900000000}\nallow: [mau-limit]", "allow: [community]", "llama3.1", "allow", "allow class community"],
  [
    "facts: {mau: 900000000}",
    "allow: [community, mau-limit]",
    "llama3.1",
    "deny",
    "mau 900000000 meets mau-limit of llama3.1",
  ],
  // Where the organization says nothing the project decides.
  ["deny: [non-commercial]", "allow: [community]", "llama3.1", "allow", "allow class community"],
])("%j of the organization and %j of the project, %s: %s", (org, project, license, decision, rule) => {
  const verdict = judgeLicense(model(license), policyOf(licensePart(org), licensePart(project)));
  expect([verdict.decision, verdict.rule?.rule]).toEqual([decision, rule]);
});

it("never loosens the organization's answer, whatever the project says", () => {
  const parts = [
    "deny: [community]",
    "review: [mit]",
    "unknown: deny",
    "conflict: deny",
    "require_text: true",
    "allow: [mau-limit]",
  ];
  const loose =
    "allow: [permissive, community, unknown, mau-limit]\nunknown: allow\nconflict: allow\nfacts: {mau: 1, use: internal}";
  const rank = ["allow", "ask", "deny"];
  for (const org of [...parts, "facts: {mau: 900000000, regions: [EU], use: [commercial]}"]) {
    for (const id of ["mit", "llama3.1", "llama3.2", "cc-by-nc-4.0", "gpl", "acme-1", ""]) {
      const evidence = model(id, { expected: "mit", subject: { repo: "org/m", hasText: false } });
      const alone = judgeLicense(evidence, policyOf(licensePart(org)));
      const both = judgeLicense(evidence, policyOf(licensePart(org), licensePart(loose)));
      // What only the defaults ask about, the project may settle.
      if (alone.rule === undefined) continue;
      expect(rank.indexOf(both.decision), `${org} ${id}`).toBeGreaterThanOrEqual(rank.indexOf(alone.decision));
    }
  }
});

it("answers for conflicts and missing texts as the file says", () => {
  const conflict = { expected: "llama3.1" };
  expect(judged("mit", "conflict: deny", conflict).rule?.rule).toBe("conflict deny");
  expect(judged("mit", "conflict: review\nallow: [community, permissive]", conflict).decision).toBe("ask");
  expect(judged("mit", "conflict: allow\nallow: [community, permissive]", conflict).decision).toBe("allow");
  const bare = { subject: { repo: "org/m", hasText: false } };
  expect(judged("mit", "require_text: true", bare)).toMatchObject({ decision: "deny", rule: { line: 2 } });
  const warned = judged("mit", "require_text: warn", bare);
  expect([warned.decision, warned.reasons.at(-1)]).toEqual([
    "allow",
    "Warning: oslm.yaml:2 require_text: the repository holds no license text.",
  ]);
  expect(judged("mit", "require_text: false", bare).reasons).toEqual(judged("mit", "allow: []").reasons);
  expect(judged("mit", "require_text: true", { subject: { repo: "org/m", hasText: true } }).decision).toBe("allow");
});

it("takes acceptance for an answer to a review, and never to a refusal", () => {
  expect(judged("mit", "review: [mit]", { accepted: ["mit"] }).decision).toBe("allow");
  expect(judged("mit", "review: [mit]", { accepted: ["apache-2.0"] }).decision).toBe("ask");
  expect(judged("mit", "deny: [mit]", { accepted: ["mit"] }).decision).toBe("deny");
});

it("judges each license of a list, the strictest counts", () => {
  const card = { license: ["mit", "cc-by-nc-4.0"], baseModels: [] };
  const verdict = judgeLicense({ card }, policyOf(licensePart("allow: [mit]\ndeny: [non-commercial]")));
  expect([verdict.decision, verdict.rule]).toEqual([
    "deny",
    { rule: "deny class non-commercial", file: "/work/oslm.yaml", line: 3 },
  ]);
  expect(verdict.reasons[0]).toBe("oslm.yaml:3 deny class non-commercial.");
});
