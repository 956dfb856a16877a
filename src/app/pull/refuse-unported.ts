// Models that oslm knows by name and cannot run: said before anything is asked for.
import { type CatalogHit, listCatalog, lookup } from "../../catalog/catalog.js";
import { isOslmError, OslmError } from "../../errors.js";
import type { ModelRef } from "../../model/ref.js";

/** For a name of the catalog, and for the repository it stands for. @throws OslmError no-port */
export function refuseUnported(ref: ModelRef): void {
  const hit = ref.kind === "catalog" ? named(ref.name, ref.size) : ref.kind === "hub" ? original(ref.repo) : undefined;
  if (hit?.size.unsupported === undefined) return;
  const { family, size } = hit;
  throw new OslmError("no-port", { name: `${family.name}:${size.size}`, ...hit.size.unsupported });
}

/** A name that nobody knows is another matter. */
function named(name: string, size: string | undefined): CatalogHit | undefined {
  try {
    return lookup(name, size);
  } catch (error) {
    if (isOslmError(error, "unknown-model") || isOslmError(error, "unknown-size")) return undefined;
    throw error;
  }
}

/** The Hub ignores case. */
function original(repo: string): CatalogHit | undefined {
  const all = listCatalog().flatMap((family) => family.sizes.map((size) => ({ family, size })));
  return all.find(({ size }) => size.original.toLowerCase() === repo.toLowerCase());
}
