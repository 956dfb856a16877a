// SPDX ids and expressions against SPDX's own list and grammar, and the plain words of each condition.
import { createRequire } from "node:module";
import parse from "spdx-expression-parse";
import { describe, expect, it } from "vitest";
import { listLicenses } from "../../src/license/catalogue.js";
import { conditionTexts, listObligations } from "../../src/license/obligations.js";
import { spdxExpression } from "../../src/license/spdx.js";

const load = createRequire(import.meta.url);
const CURRENT: ReadonlySet<string> = new Set(load("spdx-license-ids"));
const DEPRECATED: readonly string[] = load("spdx-license-ids/deprecated.json");
const entries = listLicenses();

describe("SPDX", () => {
  it("lists every id that is none of our own, and none of those it has given up", () => {
    const ids = entries.flatMap(({ spdx }) => (spdx === null || spdx.startsWith("LicenseRef-") ? [] : [spdx]));
    expect(ids.length).toBeGreaterThan(50);
    expect(ids.filter((id) => !CURRENT.has(id))).toStrictEqual([]);
  });

  it("has given up these ids of the Hub: each has its successor, as the Hub means it", () => {
    const old = entries.filter(({ id }) => DEPRECATED.some((one) => one.toLowerCase() === id));
    expect(Object.fromEntries(old.map(({ id, spdx }) => [id, spdx]))).toStrictEqual({
      "agpl-3.0": "AGPL-3.0-only",
      "gpl-2.0": "GPL-2.0-only",
      "gpl-3.0": "GPL-3.0-only",
      "lgpl-2.1": "LGPL-2.1-only",
      "lgpl-3.0": "LGPL-3.0-only",
    });
  });

  it("has no id that we leave out", () => {
    const known = new Map([...CURRENT].map((id) => [id.toLowerCase(), id]));
    expect(entries.flatMap(({ id, spdx }) => (spdx === null && known.has(id) ? [id] : []))).toStrictEqual([]);
  });

  it("reads every expression", () => {
    const expressions = entries.flatMap((entry) => spdxExpression([entry]) ?? []);
    expect(expressions.length).toBeGreaterThan(100);
    for (const expression of expressions) expect(parse(expression)).toMatchObject({ license: expression });
    const settled = entries.filter((entry) => spdxExpression([entry]) !== null);
    expect(parse(spdxExpression(settled) ?? "")).toMatchObject({ conjunction: "and" });
    expect(() => parse("LicenseRef-oslm-a b")).toThrow();
  });

  it("is given no expression for what settles nothing", () => {
    const open = entries.filter((entry) => spdxExpression([entry]) === null);
    expect(open.filter((entry) => entry.class !== "unknown" && entry.doubt === undefined)).toStrictEqual([]);
  });
});

describe("conditions", () => {
  it.each(Object.entries(conditionTexts()))("%s has a summary in plain words, in one line", (_, { text }) => {
    expect(text).toMatch(/^[A-Z][^\n]{15,160}[.}]$/);
    // Parts in [] and values in {} only.
    expect(text.replace(/\[[^[\]]*\]/g, "")).not.toMatch(/[[\]]/);
    expect(text.replace(/\{\w+\}/g, "")).not.toMatch(/[{}]/);
  });

  it.each(entries.map((entry) => [entry.id, entry] as const))("those of %s read as sentences", (_, entry) => {
    for (const { text } of listObligations([entry])) {
      // A blank of the license itself.
      expect(text.replaceAll("[name]", "NAME")).toMatch(/^[A-Z][^\n{}[\]]{15,600}$/);
      expect(text).not.toMatch(/undefined|: \.|\(\)|: $| {2}/);
    }
  });
});
