// "Did you mean" for the names of the catalog.
import { suggest } from "../model/suggest.js";
import type { CatalogFamily, CatalogSize } from "./catalog.js";
import { findSize } from "./find-size.js";
import { kinship } from "./kinship.js";
import type { Named, NameIndex } from "./name-index.js";

/** More is for machines that few people have: it is suggested last. */
const USUAL_PARAMS = 15e9;
const MOST = 3;
const SIZE = /^\d+(?:\.\d+)?[mbt]\d?$/;

/**
 * At most three, the likeliest first: the family's other versions and those that share words with the name, what is left
 * without a first word (`meta-llama-3-8b`), then those that are spelled alike. Each with the size that was asked for, where
 * it has that.
 * @param lookUp undefined where it is no name
 */
export function suggestNames(
  { families, names }: NameIndex,
  wanted: string,
  askedSize: string | undefined,
  lookUp: (name: string) => Named | undefined,
): string[] {
  const words = wanted.split("-");
  const size = askedSize?.toLowerCase() ?? words.find((word) => SIZE.test(word));
  const name = words.filter((word) => !SIZE.test(word)).join("-") || wanted;
  const inside = afterFirstWords(wanted).flatMap((rest) => nameOf(lookUp(rest)));
  const near = suggest(name, [...names.keys()], Number.POSITIVE_INFINITY).flatMap(
    (one) => names.get(one)?.family ?? [],
  );
  const withSize = (family: CatalogFamily): string =>
    sizeOf(family, size) === undefined ? family.name : `${family.name}:${size}`;
  const kin = kinOf(families, name, size).map(withSize);
  return [...new Set([...calledSo(families, wanted), ...kin, ...inside.slice(0, 1), ...near.map(withSize)])].slice(
    0,
    MOST,
  );
}

/** Sizes whose own repository is called by more than the name: `deepseek-r1:8b` for `deepseek-r1-0528`. */
function calledSo(families: readonly CatalogFamily[], wanted: string): string[] {
  return families
    .filter(({ name }) => wanted.startsWith(`${name}-`))
    .flatMap(({ name, sizes }) =>
      sizes
        .filter(({ original }) => original.toLowerCase().includes(`/${wanted}-`))
        .map(({ size }) => `${name}:${size}`),
    );
}

/** At most three other versions of a family that have a size, `llama3.1:8b` for llama3.3; none for what is no size. */
export function versionsWith({ families }: NameIndex, family: CatalogFamily, size: string): string[] {
  if (!SIZE.test(size)) return [];
  const others = families.filter((one) => one !== family && kinship(family.name, [one.name])?.same === true);
  return kinOf(others, family.name, size)
    .filter((one) => sizeOf(one, size) !== undefined)
    .map(({ name }) => `${name}:${size}`)
    .slice(0, MOST);
}

/** Such as run and answer first, then by their names, then those that have the size and run on usual machines, the newest in front. */
function kinOf(families: readonly CatalogFamily[], name: string, size: string | undefined): CatalogFamily[] {
  const known = families.flatMap((family) => {
    const kin = kinship(name, [family.name, ...family.aliases]);
    return kin === undefined ? [] : [{ family, kin }];
  });
  const hasSize = (family: CatalogFamily) => Number(sizeOf(family, size) !== undefined);
  return known
    .sort(
      (a, b) =>
        readiness(a.family) - readiness(b.family) ||
        b.kin.shared - a.kin.shared ||
        Number(b.kin.same) - Number(a.kin.same) ||
        a.kin.distance - b.kin.distance ||
        hasSize(b.family) - hasSize(a.family) ||
        byUse(a.family, b.family),
    )
    .map(({ family }) => family);
}

function sizeOf(family: CatalogFamily, size: string | undefined): CatalogSize | undefined {
  return size === undefined ? undefined : findSize(family, size);
}

function afterFirstWords(wanted: string): string[] {
  const words = wanted.split("-");
  return words.slice(1).map((_, skipped) => words.slice(skipped + 1).join("-"));
}

function nameOf(named: Named | undefined): string[] {
  if (named === undefined) return [];
  return [named.size === undefined ? named.family.name : `${named.family.name}:${named.size.size}`];
}

/** 0 where it answers, 1 where it only goes on with a text, 2 where it does not run. */
function readiness(family: CatalogFamily): number {
  const usual = defaultOf(family);
  return usual?.unsupported === undefined ? Number(usual?.base === true) : 2;
}

function byUse(a: CatalogFamily, b: CatalogFamily): number {
  const [one, other] = [defaultOf(a), defaultOf(b)];
  const large = Number((one?.params ?? 0) > USUAL_PARAMS) - Number((other?.params ?? 0) > USUAL_PARAMS);
  return large || (other?.released ?? "").localeCompare(one?.released ?? "");
}

function defaultOf({ sizes, defaultSize }: CatalogFamily): CatalogSize | undefined {
  return sizes.find(({ size }) => size === defaultSize);
}
