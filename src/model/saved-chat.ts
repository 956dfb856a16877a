// A conversation as it is kept on disk.
import type { Milliseconds, Sha256 } from "./types.js";

/** An image that was shown: the file stays where it is. */
export interface ShownImage {
  /** Absolute path. */
  readonly file: string;
  readonly sha256: Sha256;
}

export interface SavedTurn {
  readonly question: string;
  /** Those before the question. */
  readonly images?: readonly ShownImage[];
  readonly answer: string;
  readonly thinking: string;
  readonly thoughtMs: Milliseconds;
  /** Null where the process ended before the answer did. */
  readonly ending: "stop" | "length" | "cancelled" | null;
}

export interface SavedChat {
  /** What answered, so that going on with another one can be told. The commit is null for files of no repository. */
  readonly model: { readonly ref: string; readonly commit: string | null };
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
  readonly system: string | null;
  /** Whoever goes on with it checks them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** So many of the first turns no longer fitted the context. */
  readonly forgotten: number;
  readonly turns: readonly SavedTurn[];
}
