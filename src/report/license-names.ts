// The licenses of a verdict by the names that SPDX and CycloneDX want.
import { findLicenses, idsIn, joinIds } from "../license/catalogue.js";

export interface NamedLicense {
  /** As oslm calls it. */
  readonly id: string;
  readonly title: string;
  /** An id of the SPDX list, or a LicenseRef-. */
  readonly spdx: string;
  readonly url: string | null;
}

/** What a verdict says where nothing is declared; whoever declares `unknown` says no more. */
const NOTHING: readonly string[] = ["", "unknown"];

/** @param ids as in a verdict: `mit AND llama3.1`; none where no license is named */
export function namedLicenses(ids: string): readonly NamedLicense[] {
  const all = idsIn(ids).filter((id) => !NOTHING.includes(id));
  return all.map((id) => {
    const [entry, other] = findLicenses(id);
    // A name that several licenses share means none of them for certain.
    if (entry === undefined || other !== undefined)
      return { id, title: entry?.title ?? id, spdx: ownRef(id), url: null };
    return { id, title: entry.title, spdx: entry.spdx ?? ownRef(id), url: entry.url };
  });
}

/** All of them as one SPDX expression; null for none. */
export function expressionOf(licenses: readonly NamedLicense[]): string | null {
  return licenses.length === 0 ? null : joinIds(licenses.map(({ spdx }) => spdx));
}

/** SPDX 3.0.1, annex B: letters, digits, `-` and `.`. */
function ownRef(id: string): string {
  return `LicenseRef-oslm-${id.replaceAll("+", "-plus").replace(/[^A-Za-z0-9.-]/g, "-")}`;
}
