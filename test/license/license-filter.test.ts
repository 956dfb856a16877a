// What passes the filters of lists, and what a card alone is taken to say.
import { describe, expect, it } from "vitest";
import { declaredTerms } from "../../src/license/declared-terms.js";
import { isFiltering, type LicenseWishes, licenseFilter } from "../../src/license/license-filter.js";

const terms = (license: string | string[], licenseName?: string) =>
  declaredTerms({ license: [license].flat(), baseModels: [], ...(licenseName !== undefined && { licenseName }) });

describe("what a card declares", () => {
  it.each([
    ["apache-2.0", undefined, "apache-2.0", "permissive", "allowed"],
    ["Llama 3.2", undefined, "llama3.2", "community", "conditional"],
    ["llama3.2", undefined, "llama3.2", "community", "conditional"],
    [["mit", "gemma"], undefined, "mit AND gemma", "community", "conditional"],
    [["mit", "cc-by-nc-4.0"], undefined, "mit AND cc-by-nc-4.0", "non-commercial", "forbidden"],
    ["other", "qwen-research", "qwen-research", "research-only", "forbidden"],
    // It contradicts itself.
    ["mit", "llama3.1", "mit AND llama3.1", "community", "unknown"],
    // Two licenses are called so; the other one forbids what this one allows.
    ["bsl-1.0", undefined, "bsl-1.0", "permissive", "unknown"],
    ["other", undefined, "other", "unknown", "unknown"],
    [[], undefined, "unknown", "unknown", "unknown"],
    ["made-up", undefined, "made-up", "unknown", "unknown"],
  ] as const)("%j (%s): %s, %s, commercial use %s", (license, name, id, licenseClass, commercialUse) => {
    expect(terms([license].flat(), name)).toEqual({ id, class: licenseClass, commercialUse });
  });
});

describe("the filter", () => {
  const passing = (wishes: LicenseWishes): string[] =>
    [terms("mit"), terms("llama3.2"), terms(["mit", "llama3.2"]), terms("cc-by-nc-4.0"), terms([]), terms("bsl-1.0")]
      .filter(licenseFilter(wishes))
      .map(({ id }) => id);

  it.each<[LicenseWishes, string[]]>([
    [{}, ["mit", "llama3.2", "mit AND llama3.2", "cc-by-nc-4.0", "unknown", "bsl-1.0"]],
    [{ commercial: true }, ["mit", "llama3.2", "mit AND llama3.2"]],
    [{ licenseClass: ["permissive"] }, ["mit", "bsl-1.0"]],
    [{ licenseClass: ["non-commercial", "unknown"] }, ["cc-by-nc-4.0", "unknown"]],
    [{ licenseClass: ["community"], commercial: true }, ["llama3.2", "mit AND llama3.2"]],
    // Who wants MIT alone does not want the terms of Llama with it.
    [{ license: ["MIT"] }, ["mit"]],
    [{ license: ["mit", "llama3.2"] }, ["mit", "llama3.2", "mit AND llama3.2"]],
    [{ license: ["made-up"] }, []],
    [{ licenseClass: ["copyleft"] }, []],
  ])("%j", (wishes, ids) => {
    expect(passing(wishes)).toEqual(ids);
    expect(isFiltering(wishes)).toBe(Object.keys(wishes).length > 0);
  });
});
