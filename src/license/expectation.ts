// What a catalog expects of a model's license, beside what the evidence says. The verdict has both in it; this is for people, who
// should see a surprise before they download.
import type { LicenseClass } from "../model/types.js";
import { cleanLicenseId, findLicenses } from "./catalogue.js";
import { strictestClass } from "./strictness.js";
import { judgeLicense, type LicenseEvidence } from "./verdict.js";

/** The JSON shape of `licenseExpected` in `pull`. */
export interface ExpectedLicense {
  readonly id: string;
  readonly class: LicenseClass;
  /** What the evidence alone says. */
  readonly found: { readonly id: string; readonly class: LicenseClass };
  /** Of one class. */
  readonly agrees: boolean;
}

/** Null where nothing is expected. */
export function compareExpectation({ expected, ...evidence }: LicenseEvidence): ExpectedLicense | null {
  if (expected === undefined) return null;
  const entries = findLicenses(expected);
  const id = entries.length === 1 ? (entries[0]?.id ?? expected) : cleanLicenseId(expected);
  const found = judgeLicense(evidence);
  const expectedClass = entries.length === 0 ? "unknown" : strictestClass(entries);
  return {
    ...{ id, class: expectedClass, found: { id: found.id, class: found.class } },
    // An id of one's own says enough when the model says the same.
    agrees: entries.length === 0 ? found.id === id : found.class === expectedClass,
  };
}
