import { expect, it } from "vitest";
import { licensesOf, listLicenses } from "../../src/license/catalogue.js";
import { identifyText } from "../../src/license/identify.js";
import { standardText } from "../../src/license/standard-text.js";

const all = listLicenses().flatMap((entry) => {
  const standard = standardText(entry);
  return standard === undefined ? [] : [{ entry, ...standard }];
});

it("has the text of every license of the SPDX list, and of no other", () => {
  const listed = listLicenses().filter(({ spdx }) => spdx !== null && !spdx.startsWith("LicenseRef"));
  expect(all.map(({ entry }) => entry.id)).toEqual(listed.map(({ id }) => id));
  expect(all.length).toBeGreaterThan(50);
});

it("gives the text of the license that is meant", () => {
  const told = all.filter(({ entry }) => entry.fingerprint.length > 0);
  expect(told.length).toBeGreaterThan(20);
  const strange = told.filter(({ entry, text }) => !identifyText(text).some(({ id }) => id === entry.id));
  expect(strange.map(({ entry }) => entry.id)).toEqual([]);
});

it("tells a text with a line for the holder of the copyright from advice at its end", () => {
  const blank = (id: string) => standardText(licensesOf(id)[0] ?? { spdx: null })?.hasBlanks;
  expect(["mit", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "ncsa"].map(blank)).toEqual(Array(5).fill(true));
  expect(["apache-2.0", "gpl-3.0", "agpl-3.0", "cc-by-4.0", "isc"].map(blank)).toEqual(Array(5).fill(false));
});

it("reads no file but that of an id", () => {
  for (const spdx of [null, "../package", "LicenseRef-scancode-llama-3.1-license-2024", "No-Such-License"])
    expect(standardText({ spdx })).toBeUndefined();
});
