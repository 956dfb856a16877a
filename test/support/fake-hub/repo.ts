// Repositories with their history: every pushed commit stays, branches and tags point to them.
import { createHash } from "node:crypto";
import { type FakeFile, prepareFile } from "./content.js";
import type { FakeRepo } from "./types.js";

export interface Revision {
  readonly commit: string;
  readonly repo: FakeRepo;
  readonly files: readonly FakeFile[];
}

export interface StoredRepo {
  /** As last pushed. */
  readonly now: FakeRepo;
  readonly branches: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Undefined when no branch, tag, commit or abbreviated commit has this name. */
  find(revision: string): Revision | undefined;
}

/** The repository after a push; `before` is its earlier state. */
export async function pushRepo(repo: FakeRepo, before?: StoredRepo): Promise<StoredRepo & { readonly commit: string }> {
  const files: FakeFile[] = [];
  for (const [path, content] of Object.entries(repo.files)) files.push(await prepareFile(path, content, repo.lfs));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const commit = repo.commit ?? commitOf(repo, files);
  const branches: Readonly<Record<string, string>> = { ...before?.branches, main: commit, ...repo.branches };
  const tags: Readonly<Record<string, string>> = { ...before?.tags, ...repo.tags };
  return {
    now: repo,
    commit,
    branches,
    tags,
    find(revision) {
      const named = branches[revision === "HEAD" ? "main" : revision] ?? tags[revision] ?? revision;
      if (named === commit) return { commit, repo, files };
      const earlier = before?.find(named);
      if (earlier !== undefined) return earlier;
      // A commit that only a name tells of holds the same files.
      const known = [commit, ...Object.values(branches), ...Object.values(tags)];
      const full = /^[0-9a-f]{7,40}$/.test(named) ? known.find((one) => one.startsWith(named)) : undefined;
      return full === undefined ? undefined : { commit: full, repo, files };
    },
  };
}

function commitOf(repo: FakeRepo, files: readonly FakeFile[]): string {
  const contents = files.map(({ path, oid }) => [path, oid]);
  return createHash("sha1")
    .update(JSON.stringify([repo.id, repo.card ?? null, contents]))
    .digest("hex");
}
