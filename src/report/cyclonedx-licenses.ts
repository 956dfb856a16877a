// The licenses of a verdict as CycloneDX wants them: each with who says so, its model card or oslm.
import type { Enums, Models } from "@cyclonedx/cyclonedx-library";
import { plain } from "../model/plain.js";
import type { LicenseVerdict } from "../model/types.js";
import { type NamedLicense, namedLicenses } from "./license-names.js";

export type Library = typeof import("@cyclonedx/cyclonedx-library");

/** What is concluded, and before it what is declared where that is something else. */
export function namedChoices(
  library: Library,
  { id, declared }: Pick<LicenseVerdict, "id" | "declared">,
): Models.LicenseRepository {
  const { Declared, Concluded } = library.Enums.LicenseAcknowledgement;
  const [said, found] = [namedLicenses(declared), namedLicenses(id)];
  const same = said.length === found.length && said.every((one) => found.some((other) => other.id === one.id));
  return new library.Models.LicenseRepository([
    ...(same ? [] : said).map((license) => licenseOf(library, license, Declared)),
    ...found.map((license) => licenseOf(library, license, Concluded)),
  ]);
}

function licenseOf(
  { Models, SPDX }: Library,
  { id, title, spdx, url }: NamedLicense,
  acknowledgement: Enums.LicenseAcknowledgement,
): Models.License {
  const more = { acknowledgement, ...(url !== null && { url }) };
  if (SPDX.isSupportedSpdxId(spdx)) return new Models.SpdxLicense(spdx, more);
  const properties = new Models.PropertyRepository([
    new Models.Property("oslm:license:id", plain(id)),
    new Models.Property("oslm:license:spdx", spdx),
  ]);
  return new Models.NamedLicense(plain(title), { ...more, properties });
}
