// A catalog that somebody else wrote: taken whole or not at all.
import { type CatalogFamily, type CatalogSize, isNameOf, type Overlay } from "../../catalog/catalog.js";
import { OslmError } from "../../errors.js";
import { findLicenses, listLicenses } from "../../license/catalogue.js";
import { suggest } from "../../model/suggest.js";
import type { Bytes } from "../../model/types.js";
import { catalogFault } from "./catalog-fault.js";

/** Ours takes 100 kB for 90 families. */
export const MAX_CATALOG: Bytes = 2 * 1024 * 1024;

/** References that mean something else. */
const RESERVED = ["demo"];

/** What a file may leave out. */
type Written<T, Optional extends keyof T> = Omit<T, Optional> & Partial<Pick<T, Optional>>;
type WrittenSize = Written<Omit<CatalogSize, "license">, "gguf" | "confidence" | "source"> & {
  readonly license: Written<CatalogSize["license"], "confidence">;
};
type WrittenFamily = Written<Omit<CatalogFamily, "sizes">, "vendor" | "aliases"> & {
  readonly sizes: readonly WrittenSize[];
};

/**
 * @param shown how messages and lists call the file
 * @throws OslmError bad-catalog with the place, as a JSON pointer
 */
export function readOverlay(text: string, shown: string): Overlay {
  const fail = (at: string, problem: string): OslmError => new OslmError("bad-catalog", { file: shown, at, problem });
  const document = parsed(text, fail);
  const fault = catalogFault(document);
  if (fault) throw fail(fault.at, `it ${fault.problem}`);
  const { families } = document as { readonly families: readonly WrittenFamily[] };
  const names = new Map<string, string>();
  const claim = (name: string, at: string): void => {
    const other = names.get(name);
    if (RESERVED.includes(name)) throw fail(at, `${name} is a name of oslm's own`);
    if (other !== undefined) throw fail(at, `${name} is the name of ${other} already`);
    names.set(name, at);
  };
  for (const [index, family] of families.entries()) checkFamily(family, `/families/${index}`, { claim, fail });
  const overlay = { given: shown, families: families.map(whole) };
  checkInstead(overlay, fail);
  return overlay;
}

/** What is to be run instead has to be a name of this catalog or of ours. */
function checkInstead({ families }: Overlay, fail: Checks["fail"]): void {
  for (const [index, family] of families.entries()) {
    for (const [at, { unsupported }] of family.sizes.entries()) {
      if (unsupported === undefined || isNameOf(families, unsupported.instead)) continue;
      const place = `/families/${index}/sizes/${at}/unsupported/instead`;
      throw fail(place, `${unsupported.instead} is no name of this catalog or of oslm's`);
    }
  }
}

function parsed(text: string, fail: (at: string, problem: string) => OslmError): unknown {
  if (text.length > MAX_CATALOG) throw fail("", `it is larger than ${MAX_CATALOG} bytes`);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw fail("", `it is no JSON: ${error instanceof Error ? error.message.slice(0, 100) : String(error)}`);
  }
}

interface Checks {
  /** Every name means one model. */
  claim(name: string, at: string): void;
  fail(at: string, problem: string): OslmError;
}

/** What no schema can say. */
function checkFamily({ name, aliases = [], defaultSize, sizes }: WrittenFamily, at: string, checks: Checks): void {
  const { claim, fail } = checks;
  claim(name, `${at}/name`);
  for (const [index, alias] of aliases.entries()) claim(alias, `${at}/aliases/${index}`);
  const words = new Set<string>();
  for (const [index, { size, aliases: others = [], names = [], license }] of sizes.entries()) {
    const here = `${at}/sizes/${index}`;
    if (findLicenses(license.id).length === 0) throw fail(`${here}/license/id`, unknownLicense(license.id));
    for (const word of [size, ...others]) {
      if (words.has(word)) throw fail(here, `${word} is the word for another size already`);
      words.add(word);
    }
    for (const whole of names) claim(whole, `${here}/names`);
  }
  if (!sizes.some(({ size }) => size === defaultSize)) throw fail(`${at}/defaultSize`, "it is none of the sizes");
}

/** An expectation that nobody can read would be none. */
function unknownLicense(id: string): string {
  const [near] = suggest(
    id,
    listLicenses().map((license) => license.id),
  );
  const advice = near === undefined ? "`oslm license list` names those that are" : `the nearest is ${near}`;
  return `${id} is no license that oslm knows; ${advice}, and \`other\` stands for one of your own`;
}

function whole(family: WrittenFamily): CatalogFamily {
  const sizes = family.sizes.map(
    ({ license, ...size }): CatalogSize => ({
      ...{ gguf: [], confidence: "medium", source: [], ...size },
      license: { confidence: "medium", ...license },
    }),
  );
  return { vendor: "", aliases: [], ...family, sizes };
}
