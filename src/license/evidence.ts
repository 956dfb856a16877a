// What is gathered before a license is judged; src/app gathers it, standing.ts and lineage.ts weigh it.
import type { CommitSha, ModelCard, RepoId, RepoSnapshot } from "../model/types.js";
import type { TextKind } from "./text-files.js";

/** A file of a repository that speaks of its license. */
export interface LicenseFile {
  readonly path: string;
  /** Told by the name where it is not given. */
  readonly kind?: TextKind;
  /** Where it stands when that is another repository, to which the card links. */
  readonly from?: { readonly repo: string; readonly commit: string };
  /** As it stands there; null when it could not be read as a text of reasonable length. */
  readonly text: string | null;
  /** Of the text, for the record. */
  readonly sha256?: string;
}

/** What the header of a GGUF file says (`general.*`): hostile text, as long as fileHeader allows. */
export interface FileHeader {
  /** Its path in the repository. */
  readonly file: string;
  readonly license: string | null;
  readonly licenseName: string | null;
  readonly licenseLink: string | null;
  /** Addresses, or names. */
  readonly baseModels: readonly string[];
  /** Repositories that only this header has led to, by the names that they have among the ancestors. */
  readonly found?: readonly string[];
}

/** One repository: its card and its texts. */
export interface RepoEvidence {
  readonly card: ModelCard;
  readonly texts: readonly LicenseFile[];
  /** Names of files that look like license texts and were not read, as they can be shown. */
  readonly unread?: readonly string[];
}

export const LINEAGE_GAPS = ["missing", "unreadable", "no-repository", "too-many"] as const;
/** Why nothing is known of a base model. */
export type LineageGap = (typeof LINEAGE_GAPS)[number];

/** A base model, or a base model of one. */
export type Ancestor =
  | ({ readonly repo: string; readonly commit: string } & RepoEvidence)
  | { readonly repo: string; readonly gap: LineageGap };

/** All that was gathered on the license of a model at one commit. */
export interface ModelEvidence extends RepoEvidence {
  readonly repo: RepoId;
  readonly commit: CommitSha;
  /** The branch or tag that led there. */
  readonly revision: string;
  readonly gated: RepoSnapshot["gated"];
  /** Whether the repository lists a license text, read or not. */
  readonly hasText: boolean;
  /** License id that the catalog expects, where the model is in it. */
  readonly expected?: string;
  /** Nearest first; those that only a header names stand last. */
  readonly ancestors: readonly Ancestor[];
  /** Of the files in question: those of a stored model, or that is to be pulled. */
  readonly headers?: readonly FileHeader[];
  /** When it was gathered, ISO 8601, UTC: base models are looked at as they were then. */
  readonly at: string;
}

/** The evidence as it would be if nobody had looked into a file. */
export function withoutHeaders({ headers = [], ...evidence }: ModelEvidence): ModelEvidence {
  const found = new Set(headers.flatMap((one) => one.found ?? []));
  return { ...evidence, ancestors: evidence.ancestors.filter(({ repo }) => !found.has(repo)) };
}
