// What a report says of a model: the material of every format.
import type { ModelEvidence } from "../license/evidence.js";
import type { Acceptance } from "../license/ledger-standing.js";
import type { LicenseVerdict, StoredModel, Tokens } from "../model/types.js";

/** A verdict, and what it is about. */
export interface ReportedLicense extends LicenseVerdict {
  readonly ref: string;
  /** `org/name` on the Hub, and the commit there; both null for files of other places. */
  readonly repo: string | null;
  readonly commit: string | null;
  /** Where a person can read on; a path for files of this machine. */
  readonly url: string;
  /** What was accepted for it and stands. */
  readonly accepted: readonly Acceptance[];
}

export interface ReportedModel {
  readonly license: ReportedLicense;
  /** What the verdict rests on; undefined where a record or a header is all that there is. */
  readonly evidence: ModelEvidence | undefined;
  /** Undefined for a model of the project that is not on this disk. */
  readonly stored: StoredModel | undefined;
  /** Undefined where no header could be read. */
  readonly header: HeaderFacts | undefined;
}

/** What the header of a GGUF file says of its model. */
export interface HeaderFacts {
  /** llama.cpp's name, such as `qwen2`. */
  readonly architecture: string;
  /** The context that it was trained with. */
  readonly context: Tokens;
  /** Numbers in all tensors. */
  readonly parameters: number;
}

/** What a document says of itself. */
export interface ReportFrame {
  /** Of oslm. */
  readonly version: string;
  /** Base URL of the Hub. */
  readonly endpoint: string;
  /** The time that the document bears; undefined where it shall not depend on the day. */
  readonly at: Date | undefined;
}
