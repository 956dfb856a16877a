// Names that have a form: commits, hashes, repositories.

/** 40 lower-case hexadecimal digits that name one state of a repository. */
export type CommitSha = string & { readonly __brand: "CommitSha" };
/** 64 lower-case hexadecimal digits. */
export type Sha256 = string & { readonly __brand: "Sha256" };
/** `org/name` on the Hub. */
export type RepoId = string & { readonly __brand: "RepoId" };

// Made once: long lists ask thousands of times.
const COMMIT_SHA = /^[0-9a-f]{40}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const REPO_ID = /^[A-Za-z0-9_][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95}$/;

export function isCommitSha(text: string): text is CommitSha {
  return COMMIT_SHA.test(text);
}

export function isSha256(text: string): text is Sha256 {
  return SHA256.test(text);
}

/** The rule for both halves is the Hub's own: word characters, dots and dashes, neither dot nor dash first, 96 characters. */
export function isRepoId(text: string): text is RepoId {
  return REPO_ID.test(text) && !text.includes("..");
}
