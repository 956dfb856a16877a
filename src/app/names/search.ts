// Models on the Hub to choose from, by what their cards declare and what the Hub has read of their files. The filters of license,
// size and memory are ours: the Hub's own knows none of them.
import { OslmError } from "../../errors.js";
import type { ModelHit } from "../../hub/decode-hit.js";
import type { ModelSearch } from "../../hub/search-models.js";
import { declaredTerms, type LicenseTerms } from "../../license/declared-terms.js";
import { isFiltering, type LicenseWishes, licenseFilter } from "../../license/license-filter.js";
import type { Bytes } from "../../model/types.js";
import { type HitWeight, weighHit } from "../fit/weigh-hit.js";
import type { World } from "../world.js";

export interface SearchWishes extends Omit<ModelSearch, "pageSize">, LicenseWishes {
  readonly limit: number;
  /** Of one quantization; what may have none so small is left out. */
  readonly maxSize?: Bytes | undefined;
  /** Only what is expected to fit this machine. */
  readonly fits?: boolean | undefined;
}

/** The JSON shape of an entry of `search`. */
export interface FoundModel extends Pick<ModelHit, "downloads" | "likes" | "updatedAt" | "gated">, HitWeight {
  /** What `oslm pull` takes. */
  readonly name: string;
  /** As declared: no text and no base model was looked at. */
  readonly license: LicenseTerms;
  /** The Hub's label of what it is for. */
  readonly pipeline: string | null;
}

export interface SearchEnd {
  readonly found: number;
  /** So many were looked at. */
  readonly seen: number;
  /** Left out since the Hub does not tell their size. */
  readonly unknown: number;
  /** The Hub has more, at which nobody looked though fewer were found than asked for. */
  readonly cutShort: boolean;
}

/** The Hub allows strangers 500 requests in five minutes; 1000 models are a second or two. */
const MAX_PAGES = 10;
const PAGE_SIZE = 100;
/** To weigh a model takes a millisecond or two: after so many somebody sees rows. */
const AT_ONCE = 20;

/** Yields what was found as pages come, one request each, and of a long page the first ones first. @throws OslmError offline, and what searchModels throws */
export async function* searchHub(
  world: World,
  wishes: SearchWishes,
): AsyncGenerator<readonly FoundModel[], SearchEnd, void> {
  if (world.offline) throw new OslmError("offline", { wanted: "the Hub's list of models" });
  // Looked at while the Hub answers; a failure is thrown where the host is needed.
  const probing = world.host();
  probing.catch(() => {});
  const { searchModels } = await import("../../hub/search-models.js");
  const { limit, gated, maxSize, fits } = wishes;
  const passesLicense = licenseFilter(wishes);
  const isNarrowed = isFiltering(wishes) || maxSize !== undefined || fits === true;
  const pageSize = isNarrowed ? PAGE_SIZE : Math.min(limit, PAGE_SIZE);
  // A list that moves while it is read shows some twice.
  const seen = new Set<string>();
  let [found, unknown, pages, isLast] = [0, 0, 0, false];
  for await (const page of searchModels(await world.hub(), { ...wishes, pageSize }, world.signal)) {
    const host = await probing;
    let models: FoundModel[] = [];
    for (const [at, { repo, card, weights, ...facts }] of page.hits.entries()) {
      if (at % AT_ONCE === 0 && models.length > 0) {
        yield models;
        models = [];
      }
      if (found >= limit) break;
      if (seen.has(repo)) continue;
      seen.add(repo);
      const license = declaredTerms(card);
      // Mirrors may not hear what was asked of the Hub.
      if (!passesLicense(license) || (gated !== undefined && gated === (facts.gated === false))) continue;
      const weight = weighHit(repo, weights, host, maxSize);
      if (isNarrowed && isUnknown(weight, wishes)) unknown++;
      if (maxSize !== undefined && weight.size === null) continue;
      if (fits === true && weight.fits !== true) continue;
      found++;
      models.push({ name: repo, license, ...facts, ...weight });
    }
    isLast = page.isLast;
    if (models.length > 0) yield models;
    if (++pages >= MAX_PAGES || found >= limit) break;
  }
  return { found, seen: seen.size, unknown, cutShort: !isLast && found < limit };
}

function isUnknown({ parameters, size, fits }: HitWeight, wishes: SearchWishes): boolean {
  const sizeMissing = wishes.maxSize !== undefined && size === null && parameters === null;
  return sizeMissing || (wishes.fits === true && fits === null && parameters === null);
}
