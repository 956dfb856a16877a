// A repository as the Hub shows it, and the files of models in it.
import type { CommitSha, RepoId, Sha256 } from "./ids.js";
import type { Bytes } from "./units.js";

/** One file of a repository as the Hub lists it. */
export interface RepoFile {
  readonly path: string;
  readonly size: Bytes;
  /** Of the content; the Hub gives it for large (LFS, Xet) files only. */
  readonly sha256?: Sha256;
  /** Git's sha1 of the entry: names small files in the cache. */
  readonly gitOid: string;
}

/** A file that its hash identifies: sha256 of the content, or git's sha1 for small files of a repository. */
export interface KnownFile {
  /** For messages. */
  readonly path: string;
  readonly size: Bytes;
  readonly sha256?: Sha256;
  readonly gitOid?: string;
}

/** What the model card's front matter says of license and lineage, as written there. */
export interface ModelCard {
  /** One id or several; empty when the card is silent. */
  readonly license: readonly string[];
  readonly licenseName?: string;
  readonly licenseLink?: string;
  /** What the model was made from, as written: `org/name` on the Hub, or anything. */
  readonly baseModels: readonly string[];
  /** `quantized`, `finetune`, `adapter` or `merge`, where the card or the Hub says so. */
  readonly baseRelation?: string;
}

/** A repository at one commit. */
export interface RepoSnapshot {
  readonly repo: RepoId;
  /** The branch, tag or commit that was asked for. */
  readonly revision: string;
  readonly commit: CommitSha;
  readonly gated: false | "auto" | "manual";
  readonly card: ModelCard;
  /** What the Hub asks consent to before it gives the files: hostile text. */
  readonly gatePrompt?: string;
  /** Those with names that are safe on every disk. */
  readonly files: readonly RepoFile[];
  /** The names of the others and what is wrong with them; hostile text. Nobody has to want these files. */
  readonly refused?: ReadonlyMap<string, string>;
}

/** One quantization of a model: a single GGUF file, or all shards of one, in order. */
export interface GgufVariant {
  /** Canonical label such as `Q4_K_M`; `unknown` when the file name tells none. */
  readonly quant: string;
  readonly files: readonly [RepoFile, ...RepoFile[]];
  readonly size: Bytes;
}

/** A GGUF file of a repository that is none of its variants. */
export interface LeftOut {
  readonly file: string;
  /** Reads like `another model`. */
  readonly why: string;
}
