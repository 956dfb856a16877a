import { describe, expect, it } from "vitest";
import { cleanLicenseId, findLicenses, listLicenses } from "../../src/license/catalogue.js";
import { conditionTexts } from "../../src/license/obligations.js";
import { DEFAULT_POLICY } from "../../src/license/policy.js";

const ids = (name: string) => findLicenses(name).map((entry) => entry.id);

/** The Hub's whole list (huggingface/hub-docs, docs/hub/repositories-licenses.md, 2026-08-22). */
const HUB_IDS = `apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
  bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0
  cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0
  cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0
  cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl
  lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0
  openmdw-1.1 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license
  fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma unknown
  other`.split(/\s+/);

describe("licenses.json", () => {
  it("knows every id of the Hub", () => {
    expect(HUB_IDS).toHaveLength(83);
    expect(HUB_IDS.filter((id) => ids(id)[0] !== id)).toStrictEqual([]);
  });

  it.each(listLicenses().map((entry) => [entry.id, entry] as const))("%s has the promised shape", (id, entry) => {
    expect(cleanLicenseId(id)).toBe(id);
    expect(entry.names.map(cleanLicenseId)).toStrictEqual(entry.names);
    expect(entry.title).toMatch(/^\S.*\S$/);
    expect(DEFAULT_POLICY.classes).toHaveProperty(entry.class);
    expect(["allowed", "conditional", "forbidden", "unknown"]).toContain(entry.commercialUse);
    expect(["high", "medium", "low"]).toContain(entry.confidence);
    expect(typeof entry.osiApproved).toBe("boolean");
    expect(entry.source).toMatch(/\w/);
    expect(entry.url ?? "https://").toMatch(/^https?:\/\//);
    for (const line of [...entry.fingerprint.flat(), ...(entry.unless ?? [])]) expect(line).toMatch(/^\S.*\S$/);
    for (const { key } of entry.conditions) expect(conditionTexts()).toHaveProperty([key]);
    if (entry.refines !== undefined) expect(ids(entry.refines)).toStrictEqual([entry.refines]);
  });

  it("has unique ids", () => {
    const all = listLicenses().map((entry) => entry.id);
    expect(new Set(all).size).toBe(all.length);
  });

  it("gives every alias to one licence, but for the texts that vendors call alike", () => {
    const names = listLicenses().flatMap((entry) => [entry.id, ...entry.names]);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toStrictEqual(["modified-mit"]);
  });

  it("names SPDX ids as the list spells them, and no deprecated ones", () => {
    for (const { spdx } of listLicenses()) {
      expect(spdx ?? "MIT").toMatch(/^(LicenseRef-scancode-[a-z0-9.-]+|[A-Za-z][A-Za-z0-9.-]*)$/);
      expect(spdx ?? "MIT").not.toMatch(/^[AL]?GPL-\d\.\d$/);
    }
  });

  it("says that commercial use is forbidden exactly where the class does", () => {
    for (const entry of listLicenses()) {
      const restricted = entry.class === "non-commercial" || entry.class === "research-only";
      expect(entry.commercialUse === "forbidden", entry.id).toBe(restricted);
    }
  });
});

describe("findLicenses", () => {
  it.each([
    ["mit", ["mit"]],
    ["MIT", ["mit"]],
    ["MIT License", ["mit"]],
    ["Apache License 2.0", ["apache-2.0"]],
    ["apache-2.0-license", ["apache-2.0"]],
    ["GPL-3.0-only", ["gpl-3.0"]],
    ["LicenseRef-scancode-llama-3.1-license-2024", ["llama3.1"]],
    ["llama-3.1", ["llama3.1"]],
    ["deepseek", ["deepseek-license"]],
    ["qwen", ["qwen"]],
    ["Tongyi Qianwen LICENSE AGREEMENT", ["tongyi-qianwen"]],
    ["mrl", ["mrl"]],
    ["cc-by-nc-4.0", ["cc-by-nc-4.0"]],
    ["c4ai-aup", ["c4ai-aup"]],
    ["modified-mit", ["modified-mit", "modified-mit"]],
    ["constructor", []],
    ["__proto__", []],
    ["", []],
    ["\u001b[31m", []],
  ])("%j -> %j", (name, expected) => {
    expect(ids(name)).toStrictEqual(expected);
  });
});

describe("cleanLicenseId", () => {
  it("bounds and strips hostile text", () => {
    expect(cleanLicenseId("a".repeat(10_000_000))).toHaveLength(100);
    expect(cleanLicenseId("\u001b]8;;http://x\u0007Apache 2.0\u001b\\\n")).toBe("8httpxapache-2.0");
    expect(cleanLicenseId("m\u202ei\0t")).toBe("mit");
  });
});
