// The licenses that oslm knows (licenses.json), found by any of their names.
//
// The table holds every id of the Hub's own list (huggingface/hub-docs, docs/hub/repositories-licenses.md, 2026-08-22) and
// the vendors' licenses that stand behind `license: other`. Its shape is proven by test/license/catalogue.test.ts.
import { createRequire } from "node:module";
import type { LicenseClass, LicenseVerdict } from "../model/types.js";

/** A term of a license: a key of conditions.json and the values that its text wants. */
export interface LicenseCondition {
  readonly key: string;
  readonly [parameter: string]: string | number | readonly string[];
}

export interface LicenseEntry {
  /** The Hub's id; where the Hub has none, the `license_name` that the vendor's cards use. */
  readonly id: string;
  /** Other spellings seen in cards. A name may belong to several licenses: `modified-mit`. */
  readonly names: readonly string[];
  readonly title: string;
  /** An id of the SPDX list, or ScanCode's LicenseRef where it has one for this very text. */
  readonly spdx: string | null;
  readonly url: string | null;
  readonly class: LicenseClass;
  readonly commercialUse: LicenseVerdict["commercialUse"];
  /** The Hub id under which cards declare it, when that id by itself means less. */
  readonly refines?: string;
  /** Why this id alone settles nothing. */
  readonly doubt?: string;
  readonly osiApproved: boolean;
  readonly conditions: readonly LicenseCondition[];
  /** Lines that tell this text from others: all of them occur in it, of a group in [] at least one. */
  readonly fingerprint: readonly (string | readonly string[])[];
  /** Lines that show a text to be another one in spite of its fingerprint. */
  readonly unless?: readonly string[];
  /** Of class and conditions: `low` is second-hand. */
  readonly confidence: "high" | "medium" | "low";
  readonly source: string;
}

let byName: ReadonlyMap<string, readonly LicenseEntry[]> | undefined;

/** All entries, in the order of the file. */
export function listLicenses(): readonly LicenseEntry[] {
  return createRequire(import.meta.url)("./licenses.json");
}

/**
 * The license of that id, name, SPDX id or title, in any spelling; empty when none is known. Several when the name is
 * shared: then each bears the name as its id, since nothing tells them apart.
 */
export function findLicenses(name: string): readonly LicenseEntry[] {
  byName ??= indexNames(listLicenses());
  const id = cleanLicenseId(name);
  return byName.get(id) ?? byName.get(id.replace(/-licen[cs]e(?:-agreement)?$/, "")) ?? [];
}

/** The ids in that of a verdict, or in what a person accepts: `apache-2.0 AND llama3.1`. */
export function idsIn(text: string): readonly string[] {
  return text.split(/ AND /i);
}

/** The id of a verdict on all of them, each named once. */
export function joinIds(ids: readonly string[]): string {
  return [...new Set(ids)].join(" AND ");
}

/** The licenses that a verdict's id names: `apache-2.0 AND llama3.1`. Those that are not in the table are left out. */
export function licensesOf(id: string): readonly LicenseEntry[] {
  return idsIn(id).flatMap(findLicenses);
}

/**
 * A license id as it may be compared and printed: lower case, letters, digits and `.+-` only, at most 100 characters.
 * Cards are hostile text: what they hold may be megabytes long or steer a terminal.
 */
export function cleanLicenseId(text: string): string {
  return text
    .slice(0, 400)
    .toLowerCase()
    .replace(/[^a-z0-9.+\s_-]+/g, "")
    .trim()
    .replace(/[\s_]+/g, "-")
    .slice(0, 100);
}

function indexNames(entries: readonly LicenseEntry[]): Map<string, readonly LicenseEntry[]> {
  const index = new Map<string, readonly LicenseEntry[]>();
  for (const name of new Set(entries.flatMap((entry) => entry.names))) {
    const sharing = entries.filter((entry) => entry.names.includes(name));
    index.set(name, sharing.length === 1 ? sharing : sharing.map((entry) => ({ ...entry, id: name })));
  }
  for (const entry of entries) {
    for (const name of [entry.spdx ?? "", entry.title]) index.set(cleanLicenseId(name), [entry]);
  }
  // Last, because the Hub's own id means what the Hub says, whatever else is called so.
  for (const entry of entries) index.set(entry.id, [entry]);
  index.delete("");
  return index;
}
