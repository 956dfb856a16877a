// Models on this disk.
import type { CommitSha, RepoId, Sha256 } from "./ids.js";
import type { LicenseClass } from "./license.js";
import type { Bytes } from "./units.js";

/** A file of a stored model, by its path inside the repository; outside the Hub by its name beside the first file. */
export interface StoredFile {
  readonly path: string;
  readonly size: Bytes;
  readonly sha256: Sha256;
  /** When a file that is not oslm's own was last written, as it was hashed; in milliseconds since 1970. */
  readonly mtimeMs?: number;
  /** It turns images into what the model reads, and is no part of the model itself. */
  readonly projector?: true;
}

/** A model on this disk; the JSON shape of one entry of `list`, with its files. */
export interface StoredModel {
  /** What people type to get it: the reference it was pulled by, in canonical form. */
  readonly name: string;
  readonly ref: string;
  /** `org/name` on the Hub, and the commit there; both null for files of other places. */
  readonly repo: string | null;
  readonly commit: string | null;
  readonly quant: string;
  readonly size: Bytes;
  /** Absolute path of the GGUF file, or of its first shard. */
  readonly path: string;
  readonly files: readonly StoredFile[];
  readonly license: { readonly id: string; readonly class: LicenseClass };
  /** ISO 8601, UTC. */
  readonly addedAt: string;
  readonly lastUsedAt: string | null;
  /** Another program put it into the Hugging Face cache: nobody was asked about its license. */
  readonly adopted?: true;
  /** The hashes are those that the cache calls the files by; nobody has computed them. */
  readonly unchecked?: true;
  /** It was made here, of a repository's checkpoint; `repo` and `commit` are null then. */
  readonly converted?: ConvertedFrom;
}

/** The files of the model itself: what its hash is of, and what is loaded for texts. */
export function ownFiles({ files }: Pick<StoredModel, "files">): readonly StoredFile[] {
  return files.some(({ projector }) => projector) ? files.filter(({ projector }) => !projector) : files;
}

/** What a model was made of, and with what. */
export interface ConvertedFrom {
  readonly repo: RepoId;
  readonly commit: CommitSha;
  /** The files of the repository that went into it. */
  readonly files: readonly StoredFile[];
  /** The version that converted it. */
  readonly oslm: string;
  /** The release of llama.cpp whose functions quantized it. */
  readonly engine: string;
}

/** The repository on the Hub that a model is of, as a whole file or as what it was made from; undefined for others. */
export function originOf({
  repo,
  commit,
  converted,
}: Pick<StoredModel, "repo" | "commit" | "converted">): { readonly repo: string; readonly commit: string } | undefined {
  return repo !== null && commit !== null ? { repo, commit } : converted;
}
