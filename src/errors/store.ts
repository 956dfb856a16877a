// What is stored here, and whether it is as it should be.

export interface StoreFacts {
  "file-not-found": {
    path: string;
    /** What is there; not given where nothing is. */
    is?: "file" | "folder" | "neither";
    /** A file unless given. */
    wanted?: "folder";
    /** What helps in place of a list of the models. */
    instead?: string;
  };
  /** `nowhere`: a pull would not find it either. */
  "not-stored": { ref: string; suggestions: readonly string[]; nowhere?: boolean };
  "not-elsewhere": { id: string; suggestions: readonly string[] };
  /** A file that oslm only refers to. */
  "file-changed": { name: string; path: string; reason: string };
  /** The same, where there is none any more. */
  "import-gone": { name: string; path: string };
  /** Stored files that are damaged or missing, of so many that were read. */
  "not-intact": {
    wrong: readonly { readonly model: string; readonly file: string; readonly state: string }[];
    checked: number;
    /** The command that helps. */
    instead: string;
  };
  /** Stored models that differ from the Hub, of so many that were compared. */
  outdated: { models: readonly string[]; checked: number /** The command that helps. */; instead: string };
  /** oslm's list of models, as a later version of oslm wrote it. */
  "newer-index": { path: string; version: number; known: number };
  /** What `oslm doctor` found. */
  "store-damaged": { problems: readonly string[]; instead: string };
}
