// "Did you mean" for the names of the catalog.
import { suggest } from "../model/suggest.js";
import type { CatalogFamily } from "./catalog.js";
import type { Named, NameIndex } from "./name-index.js";

/** More is for machines that few people have: it is suggested last. */
const USUAL_PARAMS = 15e9;
const MOST = 3;

/**
 * At most three, the likeliest first: what is left without a first word (`meta-llama-3-8b`), families that the word begins
 * or ends, such as run on usual machines before the rest and the newest in front, then those that are spelled alike.
 * @param lookUp undefined where it is no name
 */
export function suggestNames(
  { families, names }: NameIndex,
  wanted: string,
  lookUp: (name: string) => Named | undefined,
): string[] {
  const inside = afterFirstWords(wanted).flatMap((rest) => nameOf(lookUp(rest)));
  const related = families.filter((family) => isPart(wanted, family)).sort(byUse);
  const near = suggest(wanted, [...names.keys()], Number.POSITIVE_INFINITY).flatMap(
    (name) => names.get(name)?.family.name ?? [],
  );
  const found = [...new Set([...inside.slice(0, 1), ...related.map(({ name }) => name), ...near])];
  if (found.length > 0) return found.slice(0, MOST);
  return suggest(
    wanted,
    families.flatMap(({ name, sizes }) => sizes.map(({ size }) => `${name}-${size}`)),
    MOST,
  );
}

function afterFirstWords(wanted: string): string[] {
  const words = wanted.split("-");
  return words.slice(1).map((_, skipped) => words.slice(skipped + 1).join("-"));
}

function nameOf(named: Named | undefined): string[] {
  if (named === undefined) return [];
  return [named.size === undefined ? named.family.name : `${named.family.name}:${named.size.size}`];
}

/** `llama` of llama3.2, `r1` of deepseek-r1; not `llama` of tinyllama. */
function isPart(wanted: string, { name, aliases }: CatalogFamily): boolean {
  if (wanted.length < 2) return false;
  return [name, ...aliases].some((one) => one.startsWith(wanted) || one.split("-").includes(wanted));
}

function byUse(a: CatalogFamily, b: CatalogFamily): number {
  const [one, other] = [defaultOf(a), defaultOf(b)];
  const large = Number((one?.params ?? 0) > USUAL_PARAMS) - Number((other?.params ?? 0) > USUAL_PARAMS);
  return large || (other?.released ?? "").localeCompare(one?.released ?? "");
}

function defaultOf({ sizes, defaultSize }: CatalogFamily) {
  return sizes.find(({ size }) => size === defaultSize);
}
