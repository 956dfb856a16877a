// The error that a denied license is, whoever asks.
import { OslmError } from "../../errors.js";
import type { LicenseVerdict } from "../../model/types.js";

/** What such an error tells of a verdict. */
export function refusalFacts(
  ref: string,
  {
    id,
    title,
    class: licenseClass,
    reasons,
    rule,
  }: Pick<LicenseVerdict, "id" | "title" | "class" | "reasons" | "rule">,
) {
  return { ref, id, title, class: licenseClass, reasons, ...rule };
}

/** @param ref what was asked for */
export function deniedLicense(ref: string, verdict: Parameters<typeof refusalFacts>[1]): OslmError<"license-denied"> {
  return new OslmError("license-denied", refusalFacts(ref, verdict));
}
