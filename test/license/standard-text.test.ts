import { expect, it } from "vitest";
import { licensesOf, listLicenses } from "../../src/license/catalogue.js";
import { identifyText } from "../../src/license/identify.js";
import { standardText } from "../../src/license/standard-text.js";
import { standingOf } from "../../src/license/standing.js";

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

it.each(all.map(({ entry, text }) => [entry.id, text] as const))(
  "judges the whole text of %s as what it is",
  (id, text) => {
    const card = { license: [id], baseModels: [] };
    const { conflicts, gaps, concluded } = standingOf({ card, texts: [{ path: "LICENSE", text }] });
    expect([conflicts, gaps]).toEqual([[], []]);
    expect(concluded.map((entry) => entry.id)).toContain(id);
  },
);

const MIT = `${standardText({ spdx: "MIT" })?.text}`.replace("<year> <copyright holders>", "2024 Doe & Sons Ltd.");
const APACHE = standardText({ spdx: "Apache-2.0" })?.text ?? "";
const standing = (text: string, id = "mit") =>
  standingOf({ card: { license: [id], baseModels: [] }, texts: [{ path: "LICENSE", text }] });

it.each([
  ["a sentence behind it", `${MIT}\nCommercial use is prohibited.`],
  ["a preamble", `For research use. Otherwise:\n${MIT}`],
  ["a clause", `${MIT}\nCompanies with revenues above 1 million EUR need a license of their own.`],
  ["a region", `${MIT}\nThis grant does not extend to the European Union.`],
  ["a person", `${MIT}\nPersonal use.`],
  ["a word inside", MIT.replace("and/or sell", "but not sell")],
  ["an exception", MIT.replace("to any person", "to any person except employees of Acme")],
])("sees that the MIT License with %s is another", (_what, text) => {
  expect(standing(text).gaps).toEqual(["LICENSE says more than the license that it begins with"]);
});

it("minds no names, years, titles and line breaks", () => {
  const holder = "Copyright (c) 2023-2025 DeepSeek, Inc. and its affiliates. All rights reserved.";
  expect(standing(MIT.replace(/^.*Copyright.*$/m, holder)).gaps).toEqual([]);
  expect(standing(`# The MIT License\n\n${MIT.replaceAll("\n", "\r\n  ")}`).gaps).toEqual([]);
  expect(standing(APACHE.replace("[yyyy] [name of copyright owner]", "2024 Alibaba Cloud"), "apache-2.0").gaps).toEqual(
    [],
  );
  expect(standing(`${MIT}\n${APACHE}`).gaps).toEqual([]);
});

it("sees rules of use and limits beside a license that has none, and minds no question for a name", () => {
  const gaps = (kind: "policy" | "prompt", path: string, text: string) =>
    standingOf({
      card: { license: ["mit"], baseModels: [] },
      texts: [
        { path: "LICENSE", text: MIT },
        { path, kind, text },
      ],
    }).gaps;
  expect(gaps("policy", "USE_POLICY.md", "Do no harm.")).toEqual([
    "USE_POLICY.md sets rules that the license does not have",
  ]);
  expect(gaps("prompt", "gate-prompt.txt", "Only for research purposes.")).toEqual([
    "the gate prompt sets limits that the license does not have",
  ]);
  expect(gaps("prompt", "gate-prompt.txt", "Tell us your name and affiliation.")).toEqual([]);
});
