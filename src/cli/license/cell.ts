// A license in a line or a cell.
import type { StoredModel } from "../../model/types.js";

/** `mit (permissive)`; the class is left out where it says nothing new. */
export function licenseCell({ id, class: licenseClass }: StoredModel["license"]): string {
  return id === licenseClass ? id : `${id} (${licenseClass})`;
}
