// The texts of well-known licenses, for repositories that only name theirs: of the SPDX list, as the package
// spdx-license-list (CC0) holds it, one small file for each.
import { createRequire } from "node:module";
import type { LicenseEntry } from "./catalogue.js";

export interface StandardText {
  readonly spdx: string;
  readonly text: string;
  /** It opens with a line for a year and a name, which only the holder of the copyright can fill in. */
  readonly hasBlanks: boolean;
}

/** The MIT and BSD licenses open with their blanks; those far below belong to advice on how to use the text. */
const BLANKS = /<(?:year|owner|copyright holders?)[^>]{0,40}>|\[xxxx\]/i;
const OPENING = 300;

/** Undefined where the SPDX list has no text of it. */
export function standardText({ spdx }: Pick<LicenseEntry, "spdx">): StandardText | undefined {
  if (spdx === null || !/^[A-Za-z0-9.+-]+$/.test(spdx) || spdx.startsWith("LicenseRef")) return undefined;
  try {
    const { licenseText } = createRequire(import.meta.url)(`spdx-license-list/licenses/${spdx}.json`);
    return { spdx, text: `${licenseText}\n`, hasBlanks: BLANKS.test(licenseText.slice(0, OPENING)) };
  } catch {
    // Not in its list, or the package is not there: then the text is missing, and said to be.
    return undefined;
  }
}
