// What a model's card alone says of its license, for lists that look at no evidence.
import type { LicenseClass, LicenseVerdict, ModelCard } from "../model/types.js";
import { joinIds } from "./catalogue.js";
import { detectLicense } from "./detect.js";
import { narrowestUse, strictestClass } from "./strictness.js";

/** A license in a list. */
export interface LicenseTerms {
  readonly id: string;
  readonly class: LicenseClass;
  readonly commercialUse: LicenseVerdict["commercialUse"];
}

/** The strictest of what is declared; where that is doubtful or contradicts itself nothing is said to be allowed. */
export function declaredTerms(card: ModelCard): LicenseTerms {
  const { entries, conflicts, doubts, gaps } = detectLicense(card);
  return {
    id: joinIds(entries.map(({ id }) => id)),
    class: strictestClass(entries),
    commercialUse: narrowestUse(entries, conflicts.length + doubts.length + gaps.length > 0),
  };
}
