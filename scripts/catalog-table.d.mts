import type { CatalogFamily } from "../src/catalog/catalog.js";

/** The document with the table of these families in place of the one that it has. */
export function withTable(document: string, families: readonly CatalogFamily[]): string;
