// One SPDX expression for all licenses of a model.
import { joinIds, type LicenseEntry } from "./catalogue.js";

/**
 * Listed ids as they are, names that ScanCode has given, and LicenseRef-oslm-... for the others; null as soon as one of
 * them is no certain license. SPDX 2.3, annex D: a LicenseRef holds letters, digits, `-` and `.`.
 */
export function spdxExpression(entries: readonly LicenseEntry[]): string | null {
  const ids = entries.map((entry) => {
    if (entry.spdx !== null) return entry.spdx;
    const settlesNothing = entry.class === "unknown" || entry.doubt !== undefined;
    return settlesNothing ? "" : `LicenseRef-oslm-${entry.id.replaceAll("+", "-plus").replace(/[^A-Za-z0-9.-]/g, "-")}`;
  });
  return ids.includes("") ? null : joinIds(ids);
}
