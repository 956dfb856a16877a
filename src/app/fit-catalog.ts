// What this machine can run of the models that oslm knows by name. From the catalog's facts alone: no request, no file, so all
// sizes are estimates.
import { type CatalogFamily, type CatalogSize, listCatalog } from "../catalog/catalog.js";
import { type ChoiceWishes, chooseVariant } from "../fit/choose.js";
import { outline } from "../fit/outline.js";
import { isDecent } from "../fit/preferences.js";
import { NATIVE_TYPE } from "../fit/quantization-loss.js";
import { longestContext } from "../fit/reach.js";
import { READING_SPEED } from "../fit/speed.js";
import { type Candidate, isFitting, weigh } from "../fit/weigh.js";
import { guessWeights } from "../fit/weights.js";
import { findLicenses } from "../license/catalogue.js";
import { declaredTerms } from "../license/declared-terms.js";
import { type LicenseWishes, licenseFilter } from "../license/license-filter.js";
import { bitsPerWeight } from "../model/quant.js";
import type { Bytes, Estimate, Host, LicenseClass, Tokens } from "../model/types.js";
import type { World } from "./world.js";

/** What nearly every publisher offers; the repository itself may have more. */
const USUAL_QUANTS = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"] as const;

export type Modality = CatalogFamily["modality"];

/** The JSON shape of a model in `oslm fit --list` and `oslm recommend`. */
export interface CatalogFit {
  /** What `oslm pull` takes. */
  readonly name: string;
  readonly title: string;
  readonly vendor: string;
  readonly modality: Modality;
  readonly params: number;
  readonly activeParams: number | null;
  readonly released: string | null;
  readonly quant: string;
  /** Of the file, by the bits of its type. */
  readonly size: Bytes;
  readonly estimate: Estimate;
  readonly longestContext: Tokens;
  readonly tokensPerSecond: number;
  /** Q4 or better? */
  readonly decent: boolean;
  readonly license: { readonly id: string; readonly class: LicenseClass };
  /** `catalog`: layers and cache as published; `guessed`: as is usual for so many parameters. */
  readonly geometry: "catalog" | "guessed";
}

export interface CatalogReport {
  readonly host: Host;
  /** Those of Q4 quality at reading speed first, then those of Q4 quality, then the rest; of each the largest first. */
  readonly models: readonly CatalogFit[];
  /** Names of those that do not fit. */
  readonly tooLarge: readonly string[];
}

/** Models of the catalog that somebody publishes as GGUF, weighed as a pull would. */
export async function fitCatalog(
  world: World,
  wishes: ChoiceWishes,
  { task, ...license }: LicenseWishes & { readonly task?: Modality } = {},
): Promise<CatalogReport> {
  const host = await world.host({ measured: true });
  const asked = listCatalog().filter(({ modality }) => task === undefined || modality === task);
  const passes = licenseFilter(license);
  const all = asked.flatMap((family) =>
    family.sizes
      .filter(({ gguf, license: { id } }) => {
        return gguf.length > 0 && passes(declaredTerms({ license: [id], baseModels: [] }));
      })
      .map((size) => ({ family, size, fit: weighSize(family, size, host, wishes) })),
  );
  const models = all.flatMap(({ fit }) => (fit === null ? [] : [fit]));
  const rank = ({ decent, tokensPerSecond }: CatalogFit) => (!decent ? 2 : tokensPerSecond < READING_SPEED ? 1 : 0);
  const compare = (a: CatalogFit, b: CatalogFit) =>
    rank(a) - rank(b) || b.params - a.params || (a.name < b.name ? -1 : 1);
  return {
    host,
    models: models.sort(compare),
    tooLarge: all.filter(({ fit }) => fit === null).map(({ family, size }) => `${family.name}:${size.size}`),
  };
}

function weighSize(family: CatalogFamily, size: CatalogSize, host: Host, wishes: ChoiceWishes): CatalogFit | null {
  // The families whose architecture decides anything are called like it.
  const geometry = outline({ ...size, architecture: family.name });
  const native = NATIVE_TYPE[geometry.architecture];
  const candidates = (native === undefined ? USUAL_QUANTS : [native]).map((quant): Candidate => {
    const bytes = Math.round((size.params * (bitsPerWeight(quant) ?? 16)) / 8);
    return { geometry, variant: { quant, size: bytes, files: [{ path: quant, size: bytes, gitOid: "" }] } };
  });
  const choice = chooseVariant(candidates, host, wishes);
  if (choice.kind !== "chosen") return null;
  const { variant, quant, estimate, ctx, expectedTokensPerSecond: tokensPerSecond } = choice;
  const weighed = weigh({ variant, geometry }, host, { ...wishes, ctx });
  const reach = longestContext({ geometry, weights: guessWeights(geometry, variant.size, { ...host, quant }) }, host, {
    ...wishes,
    ctx,
  });
  const { id } = size.license;
  return {
    ...{ name: `${family.name}:${size.size}`, title: family.title, vendor: family.vendor, modality: family.modality },
    ...{ params: size.params, activeParams: size.activeParams ?? null, released: size.released ?? null },
    ...{ quant, size: variant.size, estimate, tokensPerSecond, longestContext: reach?.ctx ?? ctx },
    decent: isFitting(weighed) && isDecent(weighed),
    license: { id, class: findLicenses(id)[0]?.class ?? "unknown" },
    geometry: size.attention === undefined ? "guessed" : "catalog",
  };
}
