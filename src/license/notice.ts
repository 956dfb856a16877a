// Some licenses fix the wording of a NOTICE file: who keeps it says which license is inside.
import { type LicenseEntry, listLicenses } from "./catalogue.js";
import { normalizeText } from "./identify.js";

/** Names no license by itself, or is no wording: too little to tell one by. */
const LEAST = 20;

let wordings: readonly { readonly entry: LicenseEntry; readonly pattern: RegExp }[] | undefined;

/** The licenses whose notice stands in the text. */
export function identifyNotice(text: string): readonly LicenseEntry[] {
  wordings ??= listLicenses().flatMap((entry) =>
    entry.conditions.flatMap(({ key, text: wording }) =>
      key === "notice-file" &&
      typeof wording === "string" &&
      /licen[cs]e|terms of use/i.test(wording) &&
      wording.length >= LEAST
        ? [{ entry, pattern: patternOf(wording) }]
        : [],
    ),
  );
  const plain = normalizeText(text);
  return wordings.filter(({ pattern }) => pattern.test(plain)).map(({ entry }) => entry);
}

/** `...` stands for a few words; a number at the end of a part is the whole number. */
function patternOf(wording: string): RegExp {
  const parts = wording.split("...").map((part) => normalizeText(part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(parts.map((part) => `${part}(?!\\.?\\d)`).join(".{0,80}?"));
}
