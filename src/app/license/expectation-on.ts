// What the catalog expects of the license of a model, by whichever name it is asked for.
import { licensesOf, type ResolvedCatalog } from "../../catalog/catalog.js";
import { findLicenses } from "../../license/catalogue.js";
import type { ModelEvidence } from "../../license/evidence.js";
import { strictness } from "../../license/strictness.js";

/**
 * The strictest of what the catalogs expect of a repository, and of the name that led there; undefined where nobody expects
 * anything. Whoever gives an entry cannot expect less than we do.
 */
export function expectationOn(
  repo: string | undefined,
  ...byName: readonly (string | undefined)[]
): string | undefined {
  const ids = [...byName, ...(repo === undefined ? [] : licensesOf(repo))].filter((id) => id !== undefined);
  const ranks = ids.map((id) => strictness(findLicenses(id)));
  return ids[ranks.indexOf(Math.max(...ranks))];
}

/** The same of a name of the catalog: what its table shows, and what a pull by it expects. */
export function expectationByName({ repos, expectedLicense, overlay }: ResolvedCatalog): string {
  return expectationOn(repos[0], expectedLicense, ...(overlay?.shippedLicenses ?? [])) ?? expectedLicense;
}

/** The evidence with what today's catalogs expect of its repository. */
export function withExpectation(evidence: ModelEvidence): ModelEvidence {
  const expected = expectationOn(evidence.repo, evidence.expected);
  return expected === undefined ? evidence : { ...evidence, expected };
}
