// All cases of cases.ts, judged.
import { expect, it } from "vitest";
import type { Ancestor } from "../../src/license/evidence.js";
import { findLicenseFiles } from "../../src/license/text-files.js";
import { judgeLicense, type LicenseEvidence } from "../../src/license/verdict.js";
import type { ModelCard } from "../../src/model/types.js";
import { CASES, type Case } from "./cases.js";
import { TEXTS } from "./texts.js";

function cardOf(license: string | readonly string[] = [], name?: string): ModelCard {
  return { license: [license].flat(), baseModels: [], ...(name !== undefined && { licenseName: name }) };
}

function evidenceOf({ repo, license, name, relation, files = {}, bases = {} }: Case): LicenseEvidence {
  const { found, unread } = findLicenseFiles(Object.keys(files));
  const texts = found.map((file) => {
    const text = files[file.path] ?? null;
    return { ...file, text: text === null ? null : (TEXTS[text] ?? text) };
  });
  const ancestors = Object.entries(bases).map(([base, what]): Ancestor => {
    if (typeof what === "string") return { repo: base, gap: what };
    const text = what.text === undefined ? [] : [{ path: "LICENSE", text: TEXTS[what.text] ?? "" }];
    const card = { ...cardOf(what.license, what.name), baseModels: what.bases ?? [] };
    return { repo: base, commit: "0".repeat(40), card, texts: text };
  });
  const card = { ...cardOf(license, name), ...(relation !== undefined && { baseRelation: relation }) };
  return { repo, card, texts, unread, ancestors };
}

it("has at least 60 cases", () => {
  expect(Object.keys(CASES).length).toBeGreaterThanOrEqual(60);
});

it.each(Object.entries(CASES))("%s", (_, one) => {
  const verdict = judgeLicense(evidenceOf(one));
  const { id, state, decision } = verdict;
  const conflicts = verdict.conflicts.map(({ kind }) => kind);
  const { floor, conflicts: wanted = [], ...rest } = one.expect;
  expect({ id, state, decision, conflicts }).toEqual({ ...rest, conflicts: wanted });
  if (floor !== undefined) expect(verdict.floor).toBe(floor);
  // Once accepted by its whole id, it passes.
  expect(judgeLicense({ ...evidenceOf(one), accepted: [id] }).decision).toBe("allow");
  if (conflicts.length > 0) expect(verdict.reasons.some((reason) => reason.startsWith("Warning: "))).toBe(true);
});
