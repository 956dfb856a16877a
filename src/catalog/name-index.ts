// Which model a name means: one index, by which names are listed and resolved alike.
import type { CatalogFamily, CatalogSize } from "./catalog.js";

/** What a name without a size of its own means. */
export interface Named {
  readonly family: CatalogFamily;
  readonly size?: CatalogSize;
}

export interface NameIndex {
  /** Those that can be meant. */
  readonly families: readonly CatalogFamily[];
  readonly names: ReadonlyMap<string, Named>;
  /** The same and names with sizes, and what their repositories are called, all without hyphens: see `plain`. */
  readonly plainNames: ReadonlyMap<string, Named>;
}

/** As people write it: `mistral7b`, `star-coder`, `Llama-2-7B-Chat-GGUF`. */
export function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_]gguf$/, "")
    .replace(/[-_ ]+/g, "");
}

/**
 * Of several that claim a name the first has it. A family whose own name another has, as a name, an alias or the name of a
 * size, is left out as a whole; what it was also called is then the other's too.
 */
export function indexNames(all: readonly CatalogFamily[]): NameIndex {
  const names = new Map<string, Named>();
  const families: CatalogFamily[] = [];
  for (const family of all) {
    const owner = names.get(family.name);
    if (owner === undefined) families.push(family);
    for (const name of [family.name, ...family.aliases]) {
      if (!names.has(name)) names.set(name, owner ?? { family });
    }
    if (owner !== undefined) continue;
    for (const size of family.sizes) {
      for (const name of size.names ?? []) if (!names.has(name)) names.set(name, { family, size });
    }
  }
  return { families, names, plainNames: plainNamesOf(families, names) };
}

/** Names come first, then names with sizes, then repositories. */
function plainNamesOf(families: readonly CatalogFamily[], names: ReadonlyMap<string, Named>): Map<string, Named> {
  const found = new Map<string, Named>();
  const add = (text: string, named: Named): void => {
    if (!found.has(plain(text))) found.set(plain(text), named);
  };
  for (const [name, named] of names) add(name, named);
  for (const [name, { family, size: whole }] of names) {
    if (whole !== undefined) continue;
    for (const size of family.sizes) {
      for (const word of [size.size, ...(size.aliases ?? [])]) add(name + word, { family, size });
    }
  }
  for (const family of families) {
    for (const size of family.sizes) {
      for (const repo of [size.original, ...size.gguf]) add(repo.slice(repo.indexOf("/") + 1), { family, size });
    }
  }
  return found;
}
