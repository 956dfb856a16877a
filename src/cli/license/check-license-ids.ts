// Licenses that nobody has would find nothing, which looks as if there were no such models.
import { listCatalog } from "../../catalog/catalog.js";
import { OslmError } from "../../errors.js";
import { cleanLicenseId, findLicenses, listLicenses } from "../../license/catalogue.js";
import { suggest } from "../../model/suggest.js";

/** What verdicts say where no license is known. */
const NONE = ["unknown", "other"];

/**
 * @param command what was run, without its flags, to print again
 * @param here ids that are known besides
 * @throws OslmError usage for an id that neither the license table nor a catalog knows, with the nearest
 */
export function checkLicenseIds(names: readonly string[], command: string, here: readonly string[] = []): void {
  for (const name of names) {
    const id = cleanLicenseId(name);
    if (findLicenses(name).length > 0 || [...NONE, ...here].includes(id)) continue;
    if (listCatalog().some(({ sizes }) => sizes.some(({ license }) => license.id === id))) continue;
    const near = suggest(
      id,
      listLicenses().map((license) => license.id),
    );
    const detail = near.length > 0 ? `The nearest: ${near.join(", ")}.` : "No license that oslm knows is called so.";
    const help = near[0] === undefined ? `${command} --license-class permissive` : `${command} --license ${near[0]}`;
    throw new OslmError("usage", { problem: `unknown license ${JSON.stringify(id)}`, detail, help });
  }
}
