// What a model card says of the license, resolved against the table. Declared is not yet decided: that is verdict.ts.
import { type LicenseVerdict, type ModelCard, NO_LICENSE } from "../model/types.js";
import { cleanLicenseId, findLicenses, type LicenseEntry } from "./catalogue.js";
import { licensesAt } from "./license-link.js";

/** What one source says. */
export interface LicenseClaim {
  readonly source: string;
  readonly value: string;
  readonly entries: readonly LicenseEntry[];
  /** Of the text that was read. */
  readonly sha256?: string;
  /** It belongs to what others say, or only shows where to look. */
  readonly isNeutral?: boolean;
}

export interface LicenseFinding {
  /** The licenses that the card puts on the model, all at once; an id that is not in the table has class `unknown`. */
  readonly entries: readonly [LicenseEntry, ...LicenseEntry[]];
  readonly claims: readonly LicenseClaim[];
  /** Contradictions inside the card. */
  readonly conflicts: LicenseVerdict["conflicts"];
  /** Why its licenses settle less than they seem to. */
  readonly doubts: readonly string[];
  /** Why others may govern as well, which no license text can settle. */
  readonly gaps: readonly string[];
}

/** They say that the license is told elsewhere. */
const POINTERS = ["other", "unknown"];
/** No real card lists more than four; the rest would be noise, or an attack. */
const MAX_IDS = 16;

/** Reads `license`, `license_name` and, where it is the page of a license, `license_link` of the card. */
export function detectLicense(card: ModelCard): LicenseFinding {
  const declared = unique(card.license.slice(0, MAX_IDS).map(cleanLicenseId));
  const name = cleanLicenseId(card.licenseName ?? "");
  // Authors fill the field in with "other" too.
  const named = name === "" || name === "other" ? [] : resolve(name);
  const ids = declared.length > 0 ? declared : named.length > 0 ? ["other"] : [];

  const entries: LicenseEntry[] = ids.flatMap((id) => {
    const found = resolve(id);
    const isPointer = found.every((entry) => named.every((exact) => mayMean(entry, exact)));
    return named.length > 0 && isPointer ? named : found;
  });
  const claims: LicenseClaim[] = declared.map((id) => ({ source: "card.license", value: id, entries: resolve(id) }));
  if (named.length > 0) claims.push({ source: "card.license_name", value: name, entries: named });
  if (claims.length === 0) claims.push({ source: "card.license", value: "none", entries: [] });

  const conflicts: LicenseVerdict["conflicts"][number][] = [];
  if (named.length > 0 && !named.some((entry) => entries.some((other) => other.id === entry.id))) {
    conflicts.push({
      kind: "card-contradicts-itself",
      declared: declared.join(", "),
      found: name,
      source: "card.license_name",
      explanation: `The model card says ${declared.join(", ")} and, as the license's name, ${name}.`,
    });
    entries.push(...named);
  }
  const linked = licensesAt(card.licenseLink);
  if (linked.length > 0) claims.push({ source: "card.license_link", value: idsOf(linked), entries: linked });
  const isSettled = linked.length === 0 || linked.some((one) => entries.some((entry) => names(entry, one)));
  if (!isSettled && entries.every(({ id }) => POINTERS.includes(id))) entries.splice(0, entries.length, ...linked);
  else if (!isSettled) {
    if (entries.some((entry) => entry.class !== "unknown"))
      conflicts.push({
        kind: "card-contradicts-itself",
        declared: idsOf(entries),
        found: idsOf(linked),
        source: "card.license_link",
        explanation: `The model card says ${idsOf(entries)} and links to the text of ${idsOf(linked)}.`,
      });
    entries.push(...linked);
  }
  entries.push(...entries.flatMap(baseLicenses));
  const [first = silent(), ...rest] = uniqueEntries(entries);
  const gaps = card.license.length > MAX_IDS ? [`the card lists more than ${MAX_IDS} licenses`] : [];
  return { entries: [first, ...rest], claims, conflicts, doubts: unique([first, ...rest].map(doubtOf)), gaps };
}

/** Whether the address of the one goes with the name of the other. */
function names(entry: LicenseEntry, linked: LicenseEntry): boolean {
  if (POINTERS.includes(entry.id)) return false;
  return mayMean(entry, linked) || mayMean(linked, entry) || linked.url === entry.url;
}

function idsOf(entries: readonly LicenseEntry[]): string {
  return unique(entries.map(({ id }) => id)).join(", ");
}

/**
 * Whether `declared`, as far as it goes, may mean `exact`: the same id, or one that leaves open what `exact` tells
 * (other -> qwen-research, gpl -> gpl-3.0, cc-by-nc-4.0 -> the same with an addendum).
 */
export function mayMean(declared: LicenseEntry, exact: LicenseEntry): boolean {
  if (declared.id === exact.id || declared.id === exact.refines) return true;
  if (declared.id === "other" || declared.id === "unknown") return true;
  // A name that several licenses share is the id of each while it is not known which.
  if (exact.names.includes(declared.id)) return true;
  return declared.doubt !== undefined && exact.id.includes(declared.id);
}

function resolve(id: string): readonly LicenseEntry[] {
  const found = findLicenses(id);
  return found.length > 0 ? found : [unlisted(id)];
}

function baseLicenses(entry: LicenseEntry): readonly LicenseEntry[] {
  const base = entry.conditions.find(({ key }) => key === "based-on")?.value;
  return typeof base === "string" ? findLicenses(base) : [];
}

/** Why a license of that name settles less than it seems to; "" when it does not. */
export function doubtOf(entry: LicenseEntry): string {
  if (entry.doubt !== undefined) return entry.doubt;
  if (findLicenses(entry.id).length > 1) return `several licenses are called \`${entry.id}\``;
  return entry.confidence === "low" ? `oslm knows the terms of \`${entry.id}\` at second hand only` : "";
}

function silent(): LicenseEntry {
  return { ...unlisted("unknown"), title: NO_LICENSE, doubt: "the model card names no license" };
}

function unlisted(id: string): LicenseEntry {
  return {
    id,
    names: [],
    title: `License \`${id}\`, not known to oslm`,
    spdx: null,
    url: null,
    class: "unknown",
    commercialUse: "unknown",
    doubt: `\`${id}\` is not a license that oslm knows`,
    osiApproved: false,
    conditions: [{ key: "no-grant-assumed" }],
    fingerprint: [],
    confidence: "high",
    source: "oslm",
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== "");
}

/** Each license once; two that share a name keep the same id but have different titles. */
export function uniqueEntries(entries: readonly LicenseEntry[]): LicenseEntry[] {
  return [...new Map(entries.map((entry) => [`${entry.id} ${entry.title}`, entry])).values()];
}
