// The license of a model that is here already: a note, and a warning where there is something to heed.
import type { LicenseVerdict } from "../../model/types.js";
import type { Output } from "../../ui/output.js";

export function showLicense(out: Output, name: string, { id, class: licenseClass, reasons }: LicenseVerdict): void {
  // For programs it is in the document.
  if (out.json) return;
  const text = `license ${id} (${licenseClass}): ${reasons.join(" ")}`;
  if (licenseClass === "permissive" || licenseClass === "public-domain") out.note(text);
  else out.warn(`${name}: ${text}`);
}
