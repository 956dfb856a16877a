// What can differ between a stored model and the Hub.
import type { Bytes, RepoFile, StoredFile } from "../../model/types.js";

/** A file as it was stored, or as it is on the Hub. */
export interface FileFact {
  readonly size: Bytes;
  /** Null where the Hub does not tell: of small files. */
  readonly sha256: string | null;
}

/** A file of the stored quantization. */
export interface FileChange {
  readonly what: "file";
  readonly path: string;
  readonly before: FileFact;
  /** Null when it is gone. */
  readonly now: FileFact | null;
}

/** Anything else, in words; null for what is not there. Of license texts the words are their sha256. */
export interface FactChange {
  readonly what: "repository" | "revision" | "license" | "license-text" | "gate" | "base-models" | "verdict";
  /** Of a license text: `LICENSE`, or `org/base: LICENSE` where it stands in another repository. */
  readonly path: string | null;
  readonly before: string | null;
  readonly now: string | null;
}

export type Change = FileChange | FactChange;

/** The JSON shape of an entry of `outdated`. */
export interface ComparedModel {
  readonly name: string;
  readonly repo: string;
  /** Of the stored files. */
  readonly commit: string;
  readonly quant: string;
  /** The branch or tag that the model was pulled by. */
  readonly revision: string;
  /** What the repository is called now, and the newest commit; null when one of both is gone. A newer commit alone is no change. */
  readonly latest: { readonly repo: string; readonly commit: string } | null;
  /** Of the files that changed, as they are now. */
  readonly fetchBytes: Bytes;
  readonly changes: readonly Change[];
}

/** The stored files whose contents the repository does not hold any more, under whatever name. */
export function changedFiles(stored: readonly StoredFile[], upstream: readonly RepoFile[]): readonly FileChange[] {
  return stored.flatMap(({ path, size, sha256 }): readonly FileChange[] => {
    const now = upstream.find((file) => file.path === path);
    const isThere = upstream.some((file) => file.sha256 === sha256);
    if (isThere || (now !== undefined && now.sha256 === undefined && now.size === size)) return [];
    const fact = now === undefined ? null : { size: now.size, sha256: now.sha256 ?? null };
    return [{ what: "file", path, before: { size, sha256 }, now: fact }];
  });
}
