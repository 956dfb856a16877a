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
  return { families, names };
}
