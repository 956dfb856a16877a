// What the catalog expects of the license of a model that another program has put here, by whichever name it is run.
import { licensesOf } from "../../catalog/catalog.js";
import { originOf, type StoredModel } from "../../model/types.js";
import { strictestOf } from "../pull/resolve.js";

/** Undefined for what a pull has judged, and for what the catalog does not know. */
export function expectationOn(stored: StoredModel): string | undefined {
  const { repo } = originOf(stored) ?? {};
  return stored.adopted && repo !== undefined ? strictestOf(licensesOf(repo)) : undefined;
}
