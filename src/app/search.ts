// Models on the Hub to choose from, by what their cards declare. The license filter is ours: the Hub's own knows neither
// classes nor the names that stand behind `license: other`.
import { OslmError } from "../errors.js";
import type { ModelHit } from "../hub/decode-hit.js";
import type { ModelSearch } from "../hub/search-models.js";
import { declaredTerms, type LicenseTerms } from "../license/declared-terms.js";
import { isFiltering, type LicenseWishes, licenseFilter } from "../license/license-filter.js";
import type { World } from "./world.js";

export interface SearchWishes extends Omit<ModelSearch, "pageSize">, LicenseWishes {
  readonly limit: number;
}

/** The JSON shape of an entry of `search`. */
export interface FoundModel extends Pick<ModelHit, "downloads" | "likes" | "updatedAt" | "gated"> {
  /** What `oslm pull` takes. */
  readonly name: string;
  /** As declared: no text and no base model was looked at. */
  readonly license: LicenseTerms;
}

export interface SearchResult {
  readonly models: readonly FoundModel[];
  /** So many were looked at. */
  readonly seen: number;
  /** The Hub has more, at which nobody looked though fewer were found than asked for. */
  readonly cutShort: boolean;
}

/** The Hub allows strangers 500 requests in five minutes; 1000 models are a second or two. */
const MAX_PAGES = 10;
const PAGE_SIZE = 100;

/** @throws OslmError offline, and what searchModels throws */
export async function searchHub(world: World, wishes: SearchWishes): Promise<SearchResult> {
  if (world.offline) throw new OslmError("offline", { wanted: "the Hub's list of models" });
  const { searchModels } = await import("../hub/search-models.js");
  const passes = licenseFilter(wishes);
  const pageSize = isFiltering(wishes) ? PAGE_SIZE : Math.min(wishes.limit, PAGE_SIZE);
  // A list that moves while it is read shows some twice.
  const found = new Map<string, FoundModel>();
  const seen = new Set<string>();
  let pages = 0;
  let isLast = false;
  for await (const page of searchModels(await world.hub(), { ...wishes, pageSize }, world.signal)) {
    for (const { repo, card, ...facts } of page.hits) {
      const license = declaredTerms(card);
      seen.add(repo);
      if (passes(license)) found.set(repo, { name: repo, license, ...facts });
    }
    isLast = page.isLast;
    if (++pages >= MAX_PAGES || found.size >= wishes.limit) break;
  }
  const models = [...found.values()].slice(0, wishes.limit);
  return { models, seen: seen.size, cutShort: !isLast && models.length < wishes.limit };
}
