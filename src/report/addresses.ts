// Names and addresses of models that other programs understand.

/**
 * The package URL of a model on the Hub at a commit; null for any other.
 * @see https://github.com/package-url/purl-spec/blob/main/types-doc/huggingface-definition.md
 */
export function packageUrl({ repo, commit }: Place): string | null {
  return repo === null || commit === null ? null : `pkg:huggingface/${repo}@${commit}`;
}

interface Place {
  readonly repo: string | null;
  readonly commit: string | null;
}

/** Where a file of a repository can be had at a commit. */
export function fileUrl(endpoint: string, { repo, commit }: Place, path: string): string {
  return `${endpoint}/${repo}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** Whether it is an address as one may be printed, not a path of this machine. */
export function isAddress(url: string): boolean {
  return /^https?:\/\/[^\s"<>\\^`{|}]+$/i.test(url) && !/[^!-~]/.test(url) && URL.canParse(url);
}
