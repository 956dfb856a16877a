// What this machine can run of the models that oslm knows by name. From the catalog's facts alone: no request, no file, so all
// sizes are estimates.
import { type CatalogFamily, type CatalogSize, listCatalog } from "../../catalog/catalog.js";
import { type ChoiceWishes, chooseVariant } from "../../fit/choose.js";
import type { KvType } from "../../fit/memory.js";
import { isDecent } from "../../fit/preferences.js";
import { longestContext } from "../../fit/reach.js";
import { READING_SPEED } from "../../fit/speed.js";
import type { LicenseTerms } from "../../license/declared-terms.js";
import { type LicenseWishes, licenseFilter } from "../../license/license-filter.js";
import type { Bytes, Estimate, Host, Tokens } from "../../model/types.js";
import { expectedTerms } from "../license/expected-terms.js";
import type { World } from "../world.js";
import { usualCandidates } from "./usual-candidates.js";

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
  /** It goes on with a text and was not trained to answer. */
  readonly base: boolean;
  readonly released: string | null;
  readonly quant: string;
  /** Of the file, by the bits of its type. */
  readonly size: Bytes;
  readonly estimate: Estimate;
  readonly longestContext: Tokens;
  /** Of the KV cache there: `f16`, or what it takes to reach it. */
  readonly longestContextKvType: KvType;
  /** The context that the model was trained with. */
  readonly trainedFor: Tokens;
  readonly tokensPerSecond: number;
  /** Q4 or better? */
  readonly decent: boolean;
  /** `well`: at Q4 quality or better and at reading speed; `poorly`: below Q4, or beyond the context that it was trained with. */
  readonly runs: "well" | "slowly" | "poorly";
  readonly license: LicenseTerms;
  /** `catalog`: layers and cache as published; `guessed`: as is usual for so many parameters. */
  readonly geometry: "catalog" | "guessed";
}

export interface CatalogReport {
  readonly host: Host;
  /**
   * Those that run well first, the largest in front; then the slow ones, the fastest in front; then the rest, those with the most
   * bits per weight in front.
   */
  readonly models: readonly CatalogFit[];
  /** Names of those that do not fit. */
  readonly tooLarge: readonly string[];
  /** Of those the one that comes closest; null where there is none. */
  readonly nearest: Misfit | null;
}

/** What does not fit with the context that was asked for. */
export interface Misfit {
  readonly name: string;
  /** Bytes of its smallest usual quantization. */
  readonly needs: Bytes;
  /** A context that it was trained with and that would fit; null when none of use does. */
  readonly instead: Tokens | null;
}

/** Models of the catalog that somebody publishes as GGUF, weighed as a pull would; to chat with, those for text and images but base models. */
export async function fitCatalog(
  world: World,
  wishes: ChoiceWishes,
  { task, ...license }: LicenseWishes & { readonly task?: Modality | "chat" } = {},
): Promise<CatalogReport> {
  const host = await world.host({ measured: true });
  const wanted: readonly Modality[] | undefined = task === "chat" ? ["text", "vision"] : task && [task];
  const asked = listCatalog().filter(({ modality }) => wanted?.includes(modality) ?? true);
  const passes = licenseFilter(license);
  const all = asked.flatMap((family) =>
    family.sizes.flatMap((size) => {
      if (task === "chat" && size.base) return [];
      const terms = expectedTerms(family, size);
      return size.gguf.length > 0 && passes(terms) ? [weighSize({ family, size, terms }, host, wishes)] : [];
    }),
  );
  const misfits = all.filter((one) => "needs" in one);
  return {
    host,
    models: all.filter((one) => "quant" in one).sort(inOrder),
    tooLarge: misfits.map(({ name }) => name),
    nearest: [...misfits].sort((a, b) => (b.instead ?? 0) - (a.instead ?? 0) || a.needs - b.needs)[0] ?? null,
  };
}

function inOrder(a: CatalogFit, b: CatalogFit): number {
  const bits = ({ size, params }: CatalogFit) => Math.round((size * 8) / params);
  const rank = ({ runs }: CatalogFit) => ["well", "slowly", "poorly"].indexOf(runs);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  const first = a.runs === "slowly" ? b.tokensPerSecond - a.tokensPerSecond : 0;
  return first || (a.runs === "poorly" ? bits(b) - bits(a) : 0) || b.params - a.params || (a.name < b.name ? -1 : 1);
}

interface Subject {
  readonly family: CatalogFamily;
  readonly size: CatalogSize;
  readonly terms: LicenseTerms;
}

function weighSize({ family, size, terms }: Subject, host: Host, wishes: ChoiceWishes): CatalogFit | Misfit {
  const name = `${family.name}:${size.size}`;
  const choice = chooseVariant(usualCandidates(size), host, wishes);
  if (choice.kind === "no-such-quant") throw new Error("no quantization was asked for");
  if (choice.kind === "nothing-fits") {
    const { smallest, instead } = choice;
    return { name, needs: smallest.estimate.total, instead: instead && Math.min(instead.ctx, size.context) };
  }
  const { variant, subject, quant, estimate, ctx, kvType, expectedTokensPerSecond: tokensPerSecond } = choice;
  const reach = longestContext(subject, host, { ...wishes, ctx });
  const decent = isDecent(choice);
  const poorly = !decent || ctx > size.context;
  return {
    ...{ name, title: family.title, vendor: family.vendor, modality: family.modality },
    ...{
      params: size.params,
      activeParams: size.activeParams ?? null,
      base: size.base === true,
      released: size.released ?? null,
    },
    ...{ quant, size: variant.size, estimate, tokensPerSecond, decent },
    runs: poorly ? "poorly" : tokensPerSecond < READING_SPEED ? "slowly" : "well",
    longestContext: reach?.ctx ?? ctx,
    longestContextKvType: reach?.kvType ?? kvType,
    trainedFor: size.context,
    license: terms,
    geometry: size.attention === undefined ? "guessed" : "catalog",
  };
}

/** In the order of the list, of each family the first. */
export function firstOfEachFamily(models: readonly CatalogFit[]): readonly CatalogFit[] {
  const families = models.map(({ name }) => name.slice(0, name.indexOf(":")));
  return models.filter((_, at) => families.indexOf(families[at] ?? "") === at);
}
