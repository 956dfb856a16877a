// What is gathered before a license is judged; src/app gathers it, standing.ts and lineage.ts weigh it.
import type { ModelCard } from "../model/types.js";

/** A file of a repository that speaks of its license. */
export interface LicenseFile {
  readonly path: string;
  /** As it stands there; null when it could not be read as a text of reasonable length. */
  readonly text: string | null;
  /** Of the text, for the record. */
  readonly sha256?: string;
}

/** One repository: its card and its texts. */
export interface RepoEvidence {
  readonly card: ModelCard;
  readonly texts: readonly LicenseFile[];
}

/** Why nothing is known of a base model. */
export type LineageGap = "missing" | "unreadable" | "no-repository" | "too-many";

/** A base model, or a base model of one. */
export type Ancestor =
  | ({ readonly repo: string; readonly commit: string } & RepoEvidence)
  | { readonly repo: string; readonly gap: LineageGap };
