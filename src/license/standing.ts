// The license of one repository: what its card declares against what its texts are.
import type { LicenseState, LicenseVerdict } from "../model/types.js";
import type { LicenseEntry } from "./catalogue.js";
import { detectLicense, doubtOf, type LicenseClaim, mayMean, uniqueEntries } from "./detect.js";
import type { LicenseFile, RepoEvidence } from "./evidence.js";
import { identifyText, normalizeText } from "./identify.js";
import { identifyNotice } from "./notice.js";
import { saysMore } from "./says-more.js";
import { shownPath } from "./shown-path.js";
import { isFree, strictness } from "./strictness.js";
import { type TextKind, textKindOf } from "./text-files.js";

type Entries = readonly [LicenseEntry, ...LicenseEntry[]];

export interface Standing {
  readonly declared: Entries;
  readonly concluded: Entries;
  readonly claims: readonly LicenseClaim[];
  readonly conflicts: LicenseVerdict["conflicts"];
  /** About the terms of these licenses. */
  readonly doubts: readonly string[];
  /** Why others may govern instead: what was not read, or not understood. */
  readonly gaps: readonly string[];
  readonly state: LicenseState;
}

/** A text this short may only point to a license. */
const SHORT = 1500;
/** Names of files in one sentence. */
const MOST = 4;

/** The text counts more than the card, and the stricter of the two governs. */
export function standingOf({ card, texts, unread = [] }: RepoEvidence): Standing {
  const finding = detectLicense(card);
  const declared = finding.entries;
  const read = ofKind(texts, "text").map((file) => ({ file, entries: identify(file, declared) }));
  // A free one is that of the code; any other takes something from who has both.
  const beside = ofKind(texts, "beside").map((file) => ({ file, entries: identify(file, declared) }));
  const binding = beside.filter(({ entries }) => !entries.every(isFree));
  const notices = ofKind(texts, "notice").flatMap((file) => {
    const entries = identifyNotice(file.text ?? "");
    return entries.length > 0 ? [{ file, entries }] : [];
  });
  // Vendors put whole licenses there, or a few words on data protection.
  const prompts = ofKind(texts, "prompt").map((file) => ({ file, entries: identifyText(file.text ?? "") }));
  const sources = [...read, ...binding, ...prompts.filter(({ entries }) => !entries.every(isFree)), ...notices];
  const claims = [
    ...finding.claims,
    ...[...read, ...beside, ...notices].map(({ file, entries }) => claimOf(file, entries)),
    ...prompts.map(({ file, entries }) => promptClaim(file, entries)),
    ...ofKind(texts, "policy").map((file) => belonging(file, "a use policy")),
  ];
  const found = uniqueEntries(sources.flatMap(({ entries }) => entries));
  const gaps = [
    ...finding.gaps,
    // Whatever a text is called, it may hold the terms.
    ...texts.flatMap((file) => (file.text === null ? [`${nameOf(file)} could not be read`] : [])),
    ...[...read, ...beside].flatMap((one) =>
      isStrange(one) ? [`the text in ${nameOf(one.file)} is none that oslm knows`] : [],
    ),
    ...[...read, ...beside].flatMap(({ file, entries }) => (isMore(file, entries) ? [moreText(file)] : [])),
    ...(unread.length > 0 ? [unreadTexts(unread)] : []),
    ...((found.length > 0 ? found : declared).every(isFree) ? addedTerms(texts) : []),
  ];
  const [first, ...rest] = found;
  if (first === undefined) {
    const { doubts, conflicts } = finding;
    return {
      ...{ declared, concluded: declared, claims, conflicts, doubts, gaps },
      state: gaps.length > 0 || isOpen(declared) ? "unresolvable" : "text-missing",
    };
  }
  const inText: Entries = [first, ...rest];
  const unnamed = found.filter((text) => !declared.some((entry) => covers(entry, text)));
  const { concluded, state } = conclude(declared, inText, unnamed);
  const differing = sources.filter(({ entries }) => entries.some((entry) => unnamed.includes(entry)));
  return {
    ...{ declared, concluded, claims, state, gaps },
    conflicts:
      state === "looser" ? [...finding.conflicts, textConflict(declared, unnamed, differing)] : finding.conflicts,
    doubts: [...new Set(concluded.map((entry) => (found.includes(entry) ? textDoubt(entry) : doubtOf(entry))))].filter(
      (doubt) => doubt !== "",
    ),
  };
}

function ofKind(texts: readonly LicenseFile[], wanted: TextKind): readonly LicenseFile[] {
  return texts.filter(({ kind, path }) => (kind ?? textKindOf(path)) === wanted);
}

/** Whether who names `named` has named `exact` too. */
export function covers(named: LicenseEntry, exact: LicenseEntry): boolean {
  return mayMean(named, exact) || exact.refines === named.id || named.refines === exact.id;
}

/** Nothing is settled by these. */
export function isOpen(entries: readonly LicenseEntry[]): boolean {
  return entries.every((entry) => entry.class === "unknown");
}

function conclude(
  declared: Entries,
  inText: Entries,
  unnamed: readonly LicenseEntry[],
): { concluded: Entries; state: LicenseState } {
  const [first, ...rest] = inText;
  // What the card names besides, such as the license of an adapter beside that of its base.
  const besides = declared.filter((entry) => !inText.some((text) => covers(entry, text) || covers(text, entry)));
  if (isOpen(declared)) return { concluded: inText, state: "agree" };
  if (unnamed.length === 0) return { concluded: join(first, [...rest, ...besides]), state: "agree" };
  if (strictness(declared) > strictness(unnamed)) return { concluded: declared, state: "stricter" };
  return {
    concluded: strictness(declared) < strictness(unnamed) ? inText : join(first, [...rest, ...declared]),
    state: "looser",
  };
}

function join(first: LicenseEntry, rest: readonly LicenseEntry[]): Entries {
  return [first, ...uniqueEntries([first, ...rest]).slice(1)];
}

function identify({ text }: LicenseFile, declared: Entries): readonly LicenseEntry[] {
  if (text === null) return [];
  const found = identifyText(text);
  return found.length > 0 || text.length > SHORT ? found : declared.filter((entry) => isMentioned(entry, text));
}

/** "Apache 2.0", "see https://...": no license, but a pointer to the one that is declared. */
function isMentioned({ id, title, url, spdx, class: licenseClass }: LicenseEntry, text: string): boolean {
  if (licenseClass === "unknown") return false;
  const plain = ` ${normalizeText(text).replace(/[()",;:]/g, " ")} `;
  const names = [id, title, spdx ?? "", ...(url === null ? [] : [url.replace(/^https?:\/\/(?:www\.)?/, "")])];
  return names.some((name) => name !== "" && plain.includes(` ${normalizeText(name)}`));
}

function claimOf(file: LicenseFile, entries: readonly LicenseEntry[]): LicenseClaim {
  const { sha256 } = file;
  const value = entries.length > 0 ? [...new Set(entries.map(({ id }) => id))].join(", ") : "a text not known to oslm";
  return { source: nameOf(file), value, entries, ...(sha256 !== undefined && { sha256 }) };
}

function promptClaim(file: LicenseFile, entries: readonly LicenseEntry[]): LicenseClaim {
  return entries.length > 0 ? claimOf(file, entries) : belonging(file, "what the Hub asks consent to");
}

function nameOf({ kind, path, from }: LicenseFile): string {
  if (kind === "prompt") return "the gate prompt";
  return from === undefined ? shownPath(path) : `${from.repo}: ${shownPath(path)}`;
}

/** Part of the terms, and no license. */
function belonging(file: LicenseFile, value: string): LicenseClaim {
  return { ...claimOf(file, []), value: file.text === null ? `${value}, not read` : value, isNeutral: true };
}

function isStrange({ file, entries }: { readonly file: LicenseFile; readonly entries: readonly LicenseEntry[] }) {
  return file.text !== null && entries.length === 0;
}

/** What a license without conditions on use does not ask for. */
function addedTerms(texts: readonly LicenseFile[]): readonly string[] {
  return [
    ...ofKind(texts, "policy").map((file) => `${nameOf(file)} sets rules that the license does not have`),
    ...ofKind(texts, "prompt")
      .filter(({ text }) => LIMITS.test(normalizeText(text ?? "")))
      .map((file) => `${nameOf(file)} sets limits that the license does not have`),
  ];
}

/** In what the Hub asks consent to, which is mostly about names and addresses. */
const LIMITS =
  /non[- ]?commercial|research (?:only|purposes?)|only (?:for )?research|not be used|may not use|prohibited/;

function unreadTexts(names: readonly string[]): string {
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : "";
  return `${names.slice(0, MOST).join(", ")}${more} ${names.length === 1 ? "was" : "were"} not read`;
}

function isMore({ text }: LicenseFile, entries: readonly LicenseEntry[]): boolean {
  return entries.length > 0 && entries.every(isFree) && saysMore(text ?? "", entries);
}

function moreText(file: LicenseFile): string {
  return `${nameOf(file)} says more than the license that it begins with`;
}

/** What a text settles: which of two licenses with that name is meant, but not which version. */
function textDoubt(entry: LicenseEntry): string {
  const { doubt: _, ...settled } = entry;
  return doubtOf(entry.spdx === null ? entry : settled);
}

function textConflict(
  declared: Entries,
  unnamed: readonly LicenseEntry[],
  sources: readonly { readonly file: LicenseFile }[],
): LicenseVerdict["conflicts"][number] {
  const said = [...new Set(declared.map(({ id }) => id))].join(", ");
  const found = [...new Set(unnamed.map(({ id }) => id))].join(", ");
  const source = sources.map(({ file }) => nameOf(file)).join(", ");
  const where = sources.some(({ file }) => file.from !== undefined) ? "" : " in the same repository";
  const explanation = `The model card says ${said}; ${source}${where} says ${found}.`;
  return { kind: "text-differs", declared: said, found, source, explanation };
}
