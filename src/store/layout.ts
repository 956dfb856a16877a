// Where things lie in the Hugging Face cache (hub-docs, local-cache): pure paths. Names were checked by model/safe-path.
import { join } from "node:path";
import type { RepoFile } from "../model/types.js";

export class RepoLayout {
  readonly root: string;

  constructor(
    hubCache: string,
    readonly repo: string,
  ) {
    this.root = join(hubCache, `models--${repo.replaceAll("/", "--")}`);
  }

  get blobs(): string {
    return join(this.root, "blobs");
  }

  get snapshots(): string {
    return join(this.root, "snapshots");
  }

  get refs(): string {
    return join(this.root, "refs");
  }

  blob(file: Pick<RepoFile, "sha256" | "gitOid">): string {
    return join(this.blobs, blobName(file));
  }

  snapshotFile(commit: string, path: string): string {
    return join(this.snapshots, commit, ...path.split("/"));
  }

  /** Branches may hold slashes (`refs/pr/1`) and then lie in folders. */
  ref(revision: string): string {
    return join(this.refs, ...revision.split("/"));
  }
}

/** Large files are named by their sha256, small ones by git's sha1, as the Hub's ETag names them. */
export function blobName({ sha256, gitOid }: Pick<RepoFile, "sha256" | "gitOid">): string {
  return sha256 ?? gitOid;
}
