// The models that oslm knows by name, ours and those that configurations add. No request is made.
import { type CatalogFamily, givenBy, listCatalog, lookup } from "../../catalog/catalog.js";
import { isOslmError, OslmError } from "../../errors.js";
import type { LicenseTerms } from "../../license/declared-terms.js";
import { type LicenseWishes, licenseFilter } from "../../license/license-filter.js";
import { parseRef } from "../../model/ref.js";
import type { Tokens } from "../../model/types.js";
import type { Modality } from "../fit/fit-catalog.js";
import { expectedTerms } from "../license/expected-terms.js";

/** The JSON shape of an entry of `catalog`: a size of a family. */
export interface CatalogEntry {
  /** What `oslm pull` takes. */
  readonly name: string;
  readonly title: string;
  readonly vendor: string;
  /** Whether the family's bare name gives it. */
  readonly isDefault: boolean;
  readonly task: Modality;
  readonly params: number;
  readonly activeParams: number | null;
  readonly context: Tokens;
  readonly architecture: string | null;
  readonly released: string | null;
  /** As expected; a pull judges what the Hub says. */
  readonly license: LicenseTerms;
  /** With GGUF files, in the order in which to try them. */
  readonly repos: readonly string[];
  /** The vendor's own weights. */
  readonly original: string;
  /** Why it cannot be run, and what can; null for all others. */
  readonly unsupported: { readonly why: string; readonly instead: string } | null;
  /** Whose catalog has it; null for oslm's own. */
  readonly givenBy: string | null;
}

export interface CatalogWishes extends LicenseWishes {
  readonly task?: Modality;
  /** A part of a name, a title or a vendor. */
  readonly word?: string;
}

/** By family in the order of the catalog, sizes as they stand there. */
export function listEntries({ task, word = "", ...license }: CatalogWishes): readonly CatalogEntry[] {
  const passes = licenseFilter(license);
  const wanted = word.toLowerCase();
  const all = listCatalog().filter((family) => task === undefined || family.modality === task);
  const has = (entry: CatalogEntry, { aliases }: CatalogFamily): boolean =>
    [entry.name, entry.title, entry.vendor, ...aliases].some((text) => text.toLowerCase().includes(wanted));
  return all.flatMap((family) => entriesOf(family).filter((entry) => has(entry, family) && passes(entry.license)));
}

/** All sizes of the family that a name means, with or without size and quantization; undefined where it is no name. */
export function familyEntries(name: string): readonly CatalogEntry[] | undefined {
  try {
    return entriesOf(familyOf(name));
  } catch (error) {
    if (NO_NAME.some((code) => isOslmError(error, code))) return undefined;
    throw error;
  }
}

const NO_NAME = ["unknown-model", "unknown-size", "invalid-reference", "usage"] as const;

/** The error for a word that is no name, nor part of one. */
export function noSuchName(name: string): unknown {
  try {
    familyOf(name);
  } catch (error) {
    if (isOslmError(error, "unknown-model")) return new OslmError("unknown-model", { ...error.facts, verb: "catalog" });
    if (isOslmError(error, "unknown-size")) return new OslmError("unknown-size", { ...error.facts, verb: "catalog" });
    return error;
  }
  return undefined;
}

function familyOf(name: string): CatalogFamily {
  const ref = parseRef(name);
  if (ref.kind === "catalog") return lookup(ref.name, ref.size).family;
  const isDemo = ref.kind === "demo";
  throw new OslmError("usage", {
    problem: `${name} is no name of the catalog`,
    detail: isDemo ? "It is the model that comes with oslm." : "The catalog has short names, such as qwen2.",
    help: isDemo ? "oslm show demo" : `oslm show ${name}`,
  });
}

function entriesOf(family: CatalogFamily): readonly CatalogEntry[] {
  const { title, vendor, modality: task } = family;
  return family.sizes.map((size) => ({
    name: `${family.name}:${size.size}`,
    ...{ title, vendor, isDefault: size.size === family.defaultSize, task },
    ...{ params: size.params, activeParams: size.activeParams ?? null, context: size.context },
    ...{ architecture: size.architecture ?? null, released: size.released ?? null },
    license: expectedTerms(family, size),
    ...{ repos: size.gguf, original: size.original, unsupported: size.unsupported ?? null },
    givenBy: givenBy(family),
  }));
}
