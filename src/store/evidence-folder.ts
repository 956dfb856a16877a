// Small files on licenses, by repository and commit: license texts under their own names, and the record of a decision. What
// is at a commit never changes, so that a text is asked for once.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OslmError } from "../errors.js";
import { unsafePathReason } from "../model/safe-path.js";
import { type Bytes, isCommitSha, isRepoId } from "../model/types.js";
import { ensureFolder, hasLinkAbove, namesIn, peek, writeAtomic } from "./files.js";
import { repoRoot } from "./layout.js";

export interface EvidenceFile {
  readonly repo: string;
  readonly commit: string;
  /** Inside the repository. */
  readonly path: string;
}

/** Two dozen base models with long cards stay below a tenth of it. */
const MAX_BYTES: Bytes = 4 * 1024 * 1024;

export class EvidenceFolder {
  /** @param state oslm's folder for what must survive */
  constructor(private readonly state: string) {}

  /** Undefined when there is none, or something else in its place. */
  async read(file: EvidenceFile): Promise<string | undefined> {
    const path = this.place(file);
    const stat = (await hasLinkAbove(this.state, path)) ? undefined : await peek(path);
    if (!stat?.isFile() || stat.size > MAX_BYTES) return undefined;
    return readFile(path, "utf8").catch(() => undefined);
  }

  /** @throws OslmError linked-folder */
  async write(file: EvidenceFile, text: string): Promise<void> {
    const path = this.place(file);
    await ensureFolder(this.state, dirname(path));
    await writeAtomic(path, text);
  }

  /** The commits of a repository of which something is kept. */
  async commits(repo: string): Promise<readonly string[]> {
    return (await namesIn(this.folder(repo))).filter(isCommitSha);
  }

  private place({ repo, commit, path }: EvidenceFile): string {
    const reason = isCommitSha(commit) ? unsafePathReason(path) : "is not a commit";
    if (reason !== undefined) throw new OslmError("unsafe-name", { name: path, reason });
    return join(this.folder(repo), commit, ...path.split("/"));
  }

  private folder(repo: string): string {
    if (!isRepoId(repo)) throw new OslmError("unsafe-name", { name: repo, reason: "is not org/name" });
    return repoRoot(join(this.state, "evidence"), repo);
  }
}
