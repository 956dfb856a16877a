// Which licenses people want to see in a list of models.
import type { LicenseClass } from "../model/types.js";
import { cleanLicenseId, findLicenses, idsIn } from "./catalogue.js";
import type { LicenseTerms } from "./declared-terms.js";

/** Each narrows the list; one that is absent does not. */
export interface LicenseWishes {
  /** No other licenses than these, in any spelling that the license table knows. */
  readonly license?: readonly string[];
  /** Any of these classes. */
  readonly licenseClass?: readonly LicenseClass[];
  /** Only what may be used commercially, freely or under conditions. */
  readonly commercial?: boolean;
}

/** Whether anything is wished for at all. */
export function isFiltering({ license, licenseClass, commercial }: LicenseWishes): boolean {
  return license !== undefined || licenseClass !== undefined || commercial === true;
}

/** The test that a model's license has to pass. Of several licenses at once each has to be among the wanted ids. */
export function licenseFilter(wishes: LicenseWishes): (terms: LicenseTerms) => boolean {
  const { licenseClass, commercial } = wishes;
  const ids = wishes.license && new Set(wishes.license.flatMap(idsOf));
  return (terms) =>
    (ids === undefined || idsIn(terms.id).every((id) => ids.has(id))) &&
    (licenseClass === undefined || licenseClass.includes(terms.class)) &&
    (commercial !== true || terms.commercialUse === "allowed" || terms.commercialUse === "conditional");
}

function idsOf(name: string): readonly string[] {
  const known = findLicenses(name);
  return known.length > 0 ? known.map(({ id }) => id) : [cleanLicenseId(name)];
}
