// Where things lie in the Hugging Face cache (hub-docs, local-cache): pure paths. Every name is checked again here, since
// records and refs are files that anybody can write.
import { sep } from "node:path";
import { OslmError } from "../errors.js";
import { unsafePathReason } from "../model/safe-path.js";
import { isCommitSha, isRepoId, type RepoFile } from "../model/types.js";

// Put together as text: a list of thousands of models asks for many paths, and nothing here has dots to be resolved.
const [BLOBS, SNAPSHOTS, REFS] = [`${sep}blobs`, `${sep}snapshots`, `${sep}refs`];

export class RepoLayout {
  readonly root: string;

  /** @throws OslmError unsafe-name for what is not `org/name` */
  constructor(
    readonly hubCache: string,
    readonly repo: string,
  ) {
    if (!isRepoId(repo)) throw new OslmError("unsafe-name", { name: repo, reason: "is not org/name" });
    this.root = repoRoot(hubCache, repo);
  }

  get blobs(): string {
    return this.root + BLOBS;
  }

  get snapshots(): string {
    return this.root + SNAPSHOTS;
  }

  get refs(): string {
    return this.root + REFS;
  }

  blob(file: Pick<RepoFile, "sha256" | "gitOid">): string {
    return this.blobs + sep + blobName(file);
  }

  /** @throws OslmError unsafe-name for a commit or path that could leave the snapshot */
  snapshotFile(commit: string, path: string): string {
    if (!isCommitSha(commit)) throw new OslmError("unsafe-name", { name: commit, reason: "is not a commit" });
    checkPath(path);
    return snapshotPlace(this.root, commit, path);
  }

  /** Branches may hold slashes (`refs/pr/1`) and then lie in folders. @throws OslmError unsafe-name */
  ref(revision: string): string {
    checkPath(revision);
    return this.refs + sep + native(revision);
  }
}

/** For names that have been checked, as those of records are when they are read: lists ask for thousands of paths. */
export function repoRoot(hubCache: string, repo: string): string {
  const parent = hubCache.endsWith(sep) ? hubCache.slice(0, -1) : hubCache;
  return `${parent}${sep}models--${repo.replace("/", "--")}`;
}

/** Where a snapshot of `root` names a file; for names that have been checked. */
export function snapshotPlace(root: string, commit: string, path: string): string {
  return root + SNAPSHOTS + sep + commit + sep + native(path);
}

/** Large files are named by their sha256, small ones by git's sha1, as the Hub's ETag names them. */
export function blobName({ sha256, gitOid }: Pick<RepoFile, "sha256" | "gitOid">): string {
  const name = sha256 ?? gitOid;
  if (!isBlobName(name)) throw new OslmError("unsafe-name", { name, reason: "is not a hash" });
  return name;
}

/** What a snapshot's entry for `path` holds: `../../blobs/<name>`, one more `../` per folder. */
export function linkTarget(path: string, blob: string): string {
  return `${"../".repeat(path.split("/").length + 1)}blobs/${blob}`;
}

/** The blob that such an entry leads to; undefined when it leads anywhere but into the blobs of its own repository. */
export function blobOfLink(path: string, target: string): string | undefined {
  const portable = target.replaceAll("\\", "/");
  const name = portable.slice(portable.lastIndexOf("/") + 1);
  return isBlobName(name) && portable === linkTarget(path, name) ? name : undefined;
}

function isBlobName(name: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name);
}

function checkPath(path: string): void {
  const reason = unsafePathReason(path);
  if (reason !== undefined) throw new OslmError("unsafe-name", { name: path, reason });
}

function native(path: string): string {
  return sep === "/" ? path : path.replaceAll("/", sep);
}
