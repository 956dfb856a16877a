// Short names, and the catalogs that hold them.
import type { CatalogFacts } from "../../errors/catalog.js";
import type { Verb } from "../../errors/verb.js";
import { capitalized } from "../../model/capitalized.js";
import { nearestSize } from "../../model/nearest.js";
import type { Entries } from "./entry.js";
import { list, oneOf } from "./words.js";

const namedHere = ({ namedIn, path }: { readonly namedIn?: string; readonly path?: string }): string =>
  namedIn === undefined ? "" : ` (${namedIn} names it${path === undefined ? "" : `, it is ${path}`})`;

/** What stood before the name. */
const asked = ({ verb, flag }: { readonly verb?: Verb; readonly flag?: string }): string =>
  flag ?? `oslm ${verb ?? "pull"}`;

export const catalogReports: Entries<CatalogFacts> = {
  "unknown-model": (f) => [
    3,
    `no model is known by the name "${f.name}"`,
    oneOf(f.suggestions, "It is not in the catalog, and a Hub repository has the form org/name."),
    f.suggestions[0] === undefined
      ? `oslm search ${f.name}   (what the Hub has; any repository can be pulled)`
      : `${asked(f)} ${f.suggestions[0]}`,
  ],
  "unknown-size": (f) => [
    3,
    `${f.name} has no size "${f.size}"`,
    `Its sizes are ${list(f.sizes)}${f.elsewhere.length === 0 ? "" : `; other versions have it: ${list(f.elsewhere)}`}.`,
    `${asked(f)} ${f.name}:${nearestSize(f.size, [f.usual, ...f.sizes]) ?? ""}`,
  ],
  "no-port": (f) => [
    9,
    `oslm cannot run ${f.name}`,
    `${f.why}. Nothing was asked for.`,
    `oslm run ${f.instead}   (the nearest that runs)`,
  ],
  "bad-catalog": (f) => [
    2,
    `the catalog ${f.file} cannot be used`,
    `${f.at === "" ? capitalized(f.problem) : `At ${f.at}: ${f.problem}`}${namedHere(f)}.`,
    `correct it by docs/catalog.md, or take \`catalog\` out of ${f.namedIn ?? "the configuration that names it"}`,
  ],
  "catalog-changed": (f) => [
    8,
    `${f.url} is not the catalog that ${f.namedIn} names`,
    `The file has changed, or the sha256 in ${f.namedIn} is old: it says ${f.expected}, the file has ${f.actual}.`,
    `see that the file is the right one, then write its sha256 into ${f.namedIn}`,
  ],
};
