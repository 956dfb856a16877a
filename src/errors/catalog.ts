// Short names, and the catalogs that hold them.
import type { Verb } from "./verb.js";

export interface CatalogFacts {
  /** `flag`: the one that named it, where it was no argument. */
  "unknown-model": { name: string; suggestions: readonly string[]; verb?: Verb; flag?: string };
  "unknown-size": {
    name: string;
    size: string;
    sizes: readonly string[];
    /** What the bare name gives. */
    usual: string;
    /** Other versions of the family that have it. */
    elsewhere: readonly string[];
    verb?: Verb;
    flag?: string;
  };
  /** A model of the catalog that nothing here can run: half a sentence on why, and the nearest that runs. */
  "no-port": { name: string; why: string; instead: string };
  /** A catalog that a configuration names; `at` is a JSON pointer into it, empty for the whole. */
  "bad-catalog": { file: string; at: string; problem: string; namedIn?: string; path?: string };
  /** A catalog at an address is not the one whose sha256 stands in a configuration. */
  "catalog-changed": { url: string; namedIn: string; expected: string; actual: string };
}
