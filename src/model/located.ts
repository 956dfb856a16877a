// What a configuration file says, with the place of every part: whoever checks it can point at it.

/** A file by its absolute path, and the path as messages show it. */
export interface NamedFile {
  readonly file: string;
  readonly shown: string;
}

/** Both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Located = Place & (LocatedMap | LocatedList | LocatedValue);

export interface LocatedMap {
  readonly kind: "map";
  readonly entries: readonly LocatedEntry[];
}

/** The place is that of the key. */
export interface LocatedEntry extends Place {
  readonly key: string;
  readonly value: Located;
}

export interface LocatedList {
  readonly kind: "list";
  readonly items: readonly Located[];
}

export interface LocatedValue {
  readonly kind: "value";
  readonly value: string | number | boolean | null;
}
