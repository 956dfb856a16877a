// The terms that a table of the catalog shows for a size: those that a pull by its name expects.
import { type CatalogFamily, type CatalogSize, resolveCatalog } from "../../catalog/catalog.js";
import { declaredTerms, type LicenseTerms } from "../../license/declared-terms.js";
import { expectationByName } from "./expectation-on.js";

/** The id as the catalog writes it. @param family one of those that are listed */
export function expectedTerms(family: CatalogFamily, { size }: CatalogSize): LicenseTerms {
  const id = expectationByName(resolveCatalog({ kind: "catalog", name: family.name, size }));
  return { ...declaredTerms({ license: [id], baseModels: [] }), id };
}
