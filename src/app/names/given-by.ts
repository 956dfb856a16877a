// Whose catalog a name stands in.
import { givenBy, lookup } from "../../catalog/catalog.js";
import { isOslmError } from "../../errors.js";
import type { ModelRef } from "../../model/ref.js";

/** Who gave a name; null for oslm's own, and for what is no name of a catalog. */
export function givenByOf(ref: ModelRef): string | null {
  if (ref.kind !== "catalog") return null;
  try {
    return givenBy(lookup(ref.name, ref.size).family);
  } catch (error) {
    if (isOslmError(error, "unknown-model") || isOslmError(error, "unknown-size")) return null;
    throw error;
  }
}
