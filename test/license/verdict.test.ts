import { describe, expect, it } from "vitest";
import { listLicenses } from "../../src/license/catalogue.js";
import { conditionTexts, listObligations } from "../../src/license/obligations.js";
import { DEFAULT_POLICY, type LicensePolicy } from "../../src/license/policy.js";
import { judgeLicense, type LicenseEvidence } from "../../src/license/verdict.js";
import type { LicenseVerdict, ModelCard } from "../../src/model/types.js";

function card(license: string | readonly string[], licenseName?: string): ModelCard {
  const list = typeof license === "string" ? [license] : license;
  return { license: list, baseModels: [], ...(licenseName === undefined ? {} : { licenseName }) };
}

const judge = (license: string | readonly string[], name?: string, rest: Partial<LicenseEvidence> = {}) =>
  judgeLicense({ card: card(license, name), ...rest });

const warnings = (verdict: LicenseVerdict) => verdict.reasons.filter((reason) => reason.startsWith("Warning: "));

describe("judgeLicense on a card alone", () => {
  it.each<
    [
      string,
      string | string[],
      string | undefined,
      string,
      LicenseVerdict["class"],
      LicenseVerdict["decision"],
      boolean,
    ]
  >([
    // what is tried, license, license_name, id, class, decision, warned
    ["mit", "mit", undefined, "mit", "permissive", "allow", false],
    ["Apache-2.0 in capitals", "Apache-2.0", undefined, "apache-2.0", "permissive", "allow", false],
    ["cc0-1.0", "cc0-1.0", undefined, "cc0-1.0", "public-domain", "allow", false],
    ["Llama", "llama3.1", undefined, "llama3.1", "community", "ask", false],
    ["Llama under `other`, an alias and no conflict", "other", "llama3", "llama3", "community", "ask", false],
    ["Gemma", "gemma", undefined, "gemma", "community", "ask", false],
    ["RAIL", "bigscience-bloom-rail-1.0", undefined, "bigscience-bloom-rail-1.0", "responsible-use", "ask", false],
    ["copyleft", "gpl-3.0", undefined, "gpl-3.0", "copyleft", "ask", false],
    ["weak copyleft", "mpl-2.0", undefined, "mpl-2.0", "weak-copyleft", "ask", false],
    ["Command R", "cc-by-nc-4.0", undefined, "cc-by-nc-4.0", "non-commercial", "ask", true],
    ["the same with its addendum", "cc-by-nc-4.0", "c4ai-aup", "c4ai-aup", "non-commercial", "ask", true],
    ["Qwen2.5-3B", "other", "qwen-research", "qwen-research", "research-only", "ask", true],
    ["Qwen2.5-72B", "other", "qwen", "qwen", "community", "ask", false],
    ["DeepSeek V3", "other", "deepseek", "deepseek-license", "responsible-use", "ask", false],
    ["Falcon 3", "other", "falcon-llm-license", "falcon-llm-license", "community", "ask", false],
    ["a name without an id", [], "qwen-research", "qwen-research", "research-only", "ask", true],
    ["a family narrowed by its name", "gpl", "gpl-3.0", "gpl-3.0", "copyleft", "ask", false],
    // What settles nothing
    ["an empty card", [], undefined, "unknown", "unknown", "ask", true],
    ["an empty id", "", undefined, "unknown", "unknown", "ask", true],
    ["unknown", "unknown", undefined, "unknown", "unknown", "ask", true],
    ["other alone", "other", undefined, "other", "unknown", "ask", true],
    ["other, other (MiniMax M2.7)", "other", "other", "other", "unknown", "ask", true],
    ["other and a name nobody knows", "other", "my-license", "my-license", "unknown", "ask", true],
    ["an id nobody knows", "foo-1.0", undefined, "foo-1.0", "unknown", "ask", true],
    ["the family openrail", "openrail", undefined, "openrail", "responsible-use", "ask", true],
    ["the family cc", "cc", undefined, "cc", "unknown", "ask", true],
    ["the family bsd", "bsd", undefined, "bsd", "permissive", "ask", true],
    ["Boost, or Business Source", "bsl-1.0", undefined, "bsl-1.0", "permissive", "ask", true],
    [
      "a permissive licence known at second hand",
      "other",
      "nvidia-nemotron-open-model-license",
      "nvidia-nemotron-open-model-license",
      "permissive",
      "ask",
      true,
    ],
    ["a name that two texts share", "other", "modified-mit", "modified-mit", "community", "ask", true],
    // Lists: all apply, the strictest counts
    ["two permissive ones", ["apache-2.0", "mit"], undefined, "apache-2.0 AND mit", "permissive", "allow", false],
    ["DeepSeek R1 on Llama, honestly", ["mit", "llama3.1"], undefined, "mit AND llama3.1", "community", "ask", false],
    ["one of them not known", ["mit", "foo"], undefined, "mit AND foo", "unknown", "ask", true],
    ["the same twice", ["mit", "MIT"], undefined, "mit", "permissive", "allow", false],
    ["an addendum to another licence", "other", "eva-llama3.3", "eva-llama3.3 AND llama3.3", "community", "ask", false],
  ])("%s", (_, license, name, id, licenseClass, decision, warned) => {
    const verdict = judge(license, name);
    expect(verdict).toMatchObject({ id, class: licenseClass, decision, conflicts: [] });
    expect(warnings(verdict).length > 0).toBe(warned);
    expect(verdict.reasons.length).toBeGreaterThan(0);
    expect(verdict.evidence.length).toBeGreaterThan(0);
  });

  it("gives one line of notice for what passes", () => {
    expect(judge("mit").reasons).toStrictEqual(["MIT License is permissive: keep its notices."]);
  });

  it("joins SPDX ids, and gives none where a part has none", () => {
    expect(judge(["mit", "llama3.1"]).spdx).toBe("MIT AND LicenseRef-scancode-llama-3.1-license-2024");
    expect(judge(["mit", "llama3.2"]).spdx).toBe("MIT AND LicenseRef-oslm-llama3.2");
    expect(judge(["mit", "foo"]).spdx).toBeNull();
    expect(judge("gpl-3.0").spdx).toBe("GPL-3.0-only");
    expect(judge("bsd").spdx).toBeNull();
  });

  it("unites obligations and takes the narrowest commercial use", () => {
    const verdict = judge(["cc-by-4.0", "llama3.1", "cc-by-nc-4.0"]);
    const keys = verdict.obligations.map(({ id }) => id);
    expect(keys).toEqual(expect.arrayContaining(["link-license", "mau-limit", "non-commercial"]));
    expect(new Set(verdict.obligations.map(({ text }) => text)).size).toBe(keys.length);
    expect(verdict.commercialUse).toBe("forbidden");
    expect(judge("llama3.1").commercialUse).toBe("conditional");
    expect(judge("mit").commercialUse).toBe("allowed");
    expect(judge([]).commercialUse).toBe("unknown");
  });

  it("sees an id and a license_name that contradict each other", () => {
    const verdict = judge("apache-2.0", "qwen-research");
    expect(verdict).toMatchObject({ class: "research-only", decision: "ask", id: "apache-2.0 AND qwen-research" });
    expect(verdict.conflicts).toMatchObject([
      { kind: "card-contradicts-itself", declared: "apache-2.0", found: "qwen-research" },
    ]);
  });

  it("bounds hostile cards", () => {
    const huge = judge(Array.from({ length: 100_000 }, (_, index) => `x${index}`));
    expect(huge.evidence).toHaveLength(16);
    expect(huge.reasons.join()).toContain("more than 16");
    const escaped = JSON.stringify(judge("\u001b[2J".repeat(1_000_000), "\u202e\u0007evil"));
    expect(escaped).not.toMatch(/\\u001b|\\u0007|\u202e/);
    expect(escaped.length).toBeLessThan(5000);
  });
});

describe("judgeLicense with the catalogue's expectation", () => {
  it("agrees", () => {
    const verdict = judge("llama3.1", undefined, { expected: "llama3.1" });
    expect(verdict.conflicts).toStrictEqual([]);
    expect(verdict.evidence).toStrictEqual([
      { source: "card.license", value: "llama3.1", agrees: true },
      { source: "catalog", value: "llama3.1", agrees: true },
    ]);
  });

  it.each(["bsd-3-clause", "apache-2.0"])("asks nothing where %s and the card are permissive alike", (expected) => {
    const verdict = judge("mit", undefined, { expected });
    expect(verdict).toMatchObject({
      id: "mit",
      decision: judge("mit").decision,
      conflicts: [],
      state: judge("mit").state,
    });
    expect(verdict.evidence).toContainEqual({ source: "catalog", value: expected, agrees: false });
  });

  it.each([
    ["mit", "cc0-1.0"],
    ["mit", "gpl-3.0"],
    ["cc0-1.0", "mit"],
    ["llama3", "llama2"],
  ])("asks where the card says %s and %s is expected", (declared, expected) => {
    const verdict = judge(declared, undefined, { expected });
    expect(verdict).toMatchObject({ decision: "ask", conflicts: [{ kind: "catalog-expects-other" }] });
  });

  it("lets a stricter expectation govern: a re-upload cannot free its base", () => {
    const verdict = judge("apache-2.0", undefined, { expected: "llama3.1" });
    expect(verdict).toMatchObject({
      id: "llama3.1",
      class: "community",
      decision: "ask",
      openness: "source-available",
    });
    expect(verdict.conflicts).toMatchObject([
      { kind: "catalog-expects-other", declared: "apache-2.0", found: "llama3.1", source: "catalog" },
    ]);
    expect(verdict.evidence.map(({ agrees }) => agrees)).toStrictEqual([false, true]);
    expect(verdict.obligations.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["mau-limit", "notice-file-if-present"]),
    );
  });

  it("obeys a card that is stricter than expected, and still asks", () => {
    const verdict = judge("cc-by-nc-4.0", undefined, { expected: "apache-2.0" });
    expect(verdict).toMatchObject({
      id: "cc-by-nc-4.0",
      class: "non-commercial",
      decision: "ask",
      state: "text-missing",
    });
    expect(verdict.conflicts).toHaveLength(1);
    expect(verdict.evidence.map(({ agrees }) => agrees)).toStrictEqual([true, false]);
  });

  it.each([
    ["nothing", [], undefined, "apache-2.0", "unknown"],
    ["other", "other", undefined, "qwen-research", "other"],
    ["unknown", "unknown", undefined, "falcon-180b", "unknown"],
  ])("does not fill in for a card that says %s", (_, license, name, expected, id) => {
    const verdict = judge(license, name, { expected });
    expect(verdict).toMatchObject({ id, class: "unknown", decision: "ask", conflicts: [] });
  });

  it.each([
    ["bsd", "bsd-3-clause"],
    ["cc-by-nc-4.0", "c4ai-aup"],
    ["apache-2.0", "no-such-licence"],
  ])("sees no conflict between %s and %s", (license, expected) => {
    expect(judge(license, undefined, { expected }).conflicts).toStrictEqual([]);
  });

  it("knows the shared name of Kimi's text", () => {
    expect(judge("other", "modified-mit", { expected: "modified-mit" }).conflicts).toStrictEqual([]);
    expect(judge("mit", undefined, { expected: "modified-mit" })).toMatchObject({
      id: "modified-mit",
      class: "community",
    });
  });
});

describe("acceptance", () => {
  it.each<[string | string[], string | undefined, string[], LicenseVerdict["decision"]]>([
    ["llama3.1", undefined, ["llama3.1"], "allow"],
    ["llama3.1", undefined, [" LLAMA3.1 "], "allow"],
    ["llama3.1", undefined, ["llama3.2", "mit"], "ask"],
    ["cc-by-nc-4.0", undefined, ["cc-by-nc-4.0"], "allow"],
    [["mit", "llama3.1"], undefined, ["llama3.1"], "allow"],
    [["mit", "llama3.1"], undefined, ["mit AND llama3.1"], "allow"],
    [["gemma", "llama3.1"], undefined, ["llama3.1"], "ask"],
    [["bsd", "llama3.1"], undefined, ["llama3.1"], "ask"],
    ["apache-2.0", "llama3.1", ["apache-2.0"], "ask"],
    ["apache-2.0", "llama3.1", ["llama3.1"], "allow"],
    [[], undefined, ["unknown"], "allow"],
    [[], undefined, [""], "ask"],
  ])("card %j, catalogue %j, accepted %j: %s", (license, expected, accepted, decision) => {
    expect(judge(license, undefined, { expected, accepted }).decision).toBe(decision);
  });

  it("says so", () => {
    const { reasons } = judge("llama3.1", undefined, { accepted: ["llama3.1"] });
    expect(reasons.at(-1)).toBe("Accepted: llama3.1.");
    expect(judge("mit", undefined, { accepted: ["mit"] }).reasons.join()).not.toContain("Accepted");
  });

  it("never overrides a refusal", () => {
    const strict: LicensePolicy = { classes: { ...DEFAULT_POLICY.classes, community: "deny" } };
    const verdict = judgeLicense(
      { card: card(["mit", "llama3.1"]), accepted: ["llama3.1", "mit AND llama3.1"] },
      strict,
    );
    expect(verdict.decision).toBe("deny");
    expect(verdict.reasons.at(-1)).toContain("community");
  });
});

describe("every licence in the table", () => {
  it.each(listLicenses().map(({ id }) => id))("%s agrees with itself and is never called open source", (id) => {
    const verdict = judge("other", id, { expected: id });
    expect(verdict.conflicts).toStrictEqual([]);
    expect(verdict.openness).not.toMatch(/open-source|open-science/);
    // Only the two free classes may pass unasked.
    if (verdict.decision === "allow") expect(["public-domain", "permissive"]).toContain(verdict.class);
    expect(judge("other", id, { expected: id, accepted: [verdict.id] }).decision).toBe("allow");
  });
});

describe("obligations", () => {
  it("fills in what the licence says", () => {
    const texts = judge("llama3.2").obligations.map(({ text }) => text);
    expect(texts).toContain('Show "Built with Llama" in public.');
    expect(texts).toContain(
      "Above 700,000,000 users a month you need another license (counted: calendar month before version release date); request license from Meta.",
    );
    expect(judge("agpl-3.0").obligations).toContainEqual({
      id: "source-disclosure",
      text: "Offer the source to those you give it to, and to users over a network.",
      trigger: "share",
    });
  });

  it("leaves no placeholder, bracket or empty parameter in any licence's text", () => {
    for (const { text } of listObligations(listLicenses())) {
      expect(text).toMatch(/^[A-Z].*\S$/);
      expect(text.replace("[name] is built", "").replace(" ... ", " ")).not.toMatch(/[{}[\]]|\(\)|: \.|\s[.;]|\s\s|""/);
    }
  });

  it("has a text for nothing that no licence uses", () => {
    const used = new Set(listLicenses().flatMap(({ conditions }) => conditions.map(({ key }) => key)));
    expect(Object.keys(conditionTexts()).filter((key) => !used.has(key))).toStrictEqual([]);
  });

  it("leaves plain facts out", () => {
    expect(judge("deepseek-license").obligations.map(({ id }) => id)).not.toContain("governing-law");
  });
});
