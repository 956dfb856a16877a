// Which license is a text? Told by lines that only that license has (`fingerprint` in licenses.json), not by likeness: a
// license with one sentence changed is another license.
import { findLicenses, type LicenseEntry, listLicenses } from "./catalogue.js";

interface Print {
  readonly entry: LicenseEntry;
  /** Every one must occur; of a group any one. */
  readonly wanted: readonly (readonly string[])[];
  readonly unwanted: readonly string[];
}

/** A changed MIT License opens exactly like the MIT License: its tail says that it is none. */
const MODIFIED_MIT = ["our only modification", "modified mit license"];

let prints: readonly Print[] | undefined;

/**
 * The licenses whose text this is, or whose texts it holds one after the other; empty when oslm knows none of them. A
 * family without a version (`gpl`) only where no member is found.
 */
export function identifyText(text: string): readonly LicenseEntry[] {
  const plain = normalizeText(text);
  prints ??= listLicenses()
    .filter(({ fingerprint }) => fingerprint.length > 0)
    .map(toPrint);
  const found = prints.filter((print) => matches(print, plain)).map(({ entry }) => entry);
  const exact = found.filter((entry) => !isFamily(entry));
  if (exact.length > 0) return exact;
  if (MODIFIED_MIT.some((mark) => plain.includes(mark))) return findLicenses("modified-mit");
  return found;
}

/** For comparing texts: without Markdown, line breaks, kinds of quotes, dashes and letters' case. */
export function normalizeText(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[‘’‚‛`´]/g, "'")
    .replace(/[“”„‟«»]/g, '"')
    .replace(/[‐‑‒–—―]/g, "-")
    .replaceAll("©", "(c)")
    .replace(/<\/?(?:h[1-6]|p|b|i|u|br|em|strong|center|div|span)(?:\s[^<>]{0,200})?\/?>/g, " ")
    .replace(/[*\\#_|]+/g, " ")
    .replace(/^[ \t]*>+/gm, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Ids that stand for several licenses: a text with no more than their lines settles nothing. */
function isFamily({ conditions, doubt, spdx }: LicenseEntry): boolean {
  if (conditions.some(({ key }) => key === "family-ambiguous" || key === "resolve-further")) return true;
  return doubt !== undefined && spdx === null;
}

function toPrint(entry: LicenseEntry): Print {
  return {
    entry,
    wanted: entry.fingerprint.map((line) => (typeof line === "string" ? [line] : line).map(normalizeText)),
    unwanted: (entry.unless ?? []).map(normalizeText),
  };
}

function matches({ wanted, unwanted }: Print, plain: string): boolean {
  return (
    wanted.every((group) => group.some((line) => plain.includes(line))) &&
    !unwanted.some((line) => plain.includes(line))
  );
}
