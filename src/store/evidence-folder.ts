// What license decisions rest on, by repository and commit: license texts under their own names, and records. What is at a commit
// never changes, so that a text is asked for once.
//
//     models--org--name/COMMIT/LICENSE        a text as it was read
//     models--org--name/COMMIT.sums/LICENSE   its sha256: what was changed since is not believed
//     models--org--name/COMMIT.json           the record of the repository
//     models--org--name/COMMIT.NAME.json      further records
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OslmError } from "../errors.js";
import { unsafePathReason } from "../model/safe-path.js";
import { type Bytes, isCommitSha, isRepoId } from "../model/types.js";
import { ensureFolder, hasLinkAbove, namesIn, peek, writeAtomic } from "./files.js";
import { hashText } from "./hash-text.js";
import { repoRoot } from "./layout.js";

export interface RepoCommit {
  readonly repo: string;
  readonly commit: string;
}

export interface EvidenceFile extends RepoCommit {
  /** Inside the repository. */
  readonly path: string;
}

/** Two dozen base models with long cards stay below a tenth of it. */
const MAX_BYTES: Bytes = 4 * 1024 * 1024;

export class EvidenceFolder {
  /** @param state oslm's folder for what must survive */
  constructor(private readonly state: string) {}

  /** Undefined when there is none, when it was changed, or when something else is in its place. */
  async read(file: EvidenceFile): Promise<string | undefined> {
    const text = await this.readFile(this.place(file, ""));
    if (text === undefined) return undefined;
    return (await this.readFile(this.place(file, ".sums"))) === hashText(text) ? text : undefined;
  }

  /** @throws OslmError linked-folder */
  async write(file: EvidenceFile, text: string): Promise<void> {
    await this.writeFile(this.place(file, ""), text);
    await this.writeFile(this.place(file, ".sums"), hashText(text));
  }

  /** @param name of a further record: letters and digits */
  async readRecord(of: RepoCommit, name?: string): Promise<string | undefined> {
    return this.readFile(this.record(of, name));
  }

  /** @throws OslmError linked-folder */
  async writeRecord(of: RepoCommit, text: string, name?: string): Promise<void> {
    await this.writeFile(this.record(of, name), text);
  }

  /** The commits of a repository of which there is a record. */
  async commits(repo: string): Promise<readonly string[]> {
    const names = await namesIn(this.folder(repo));
    return names.map((name) => name.replace(/\.json$/, "")).filter(isCommitSha);
  }

  private async readFile(path: string): Promise<string | undefined> {
    const stat = (await hasLinkAbove(this.state, path)) ? undefined : await peek(path);
    if (!stat?.isFile() || stat.size > MAX_BYTES) return undefined;
    return readFile(path, "utf8").catch(() => undefined);
  }

  private async writeFile(path: string, text: string): Promise<void> {
    await ensureFolder(this.state, dirname(path));
    await writeAtomic(path, text);
  }

  private place({ repo, commit, path }: EvidenceFile, kind: "" | ".sums"): string {
    const reason = unsafePathReason(path);
    if (reason !== undefined) throw new OslmError("unsafe-name", { name: path, reason });
    return join(this.commitPath({ repo, commit }) + kind, ...path.split("/"));
  }

  private record(of: RepoCommit, name?: string): string {
    return `${this.commitPath(of)}${name === undefined ? "" : `.${name}`}.json`;
  }

  private commitPath({ repo, commit }: RepoCommit): string {
    if (!isCommitSha(commit)) throw new OslmError("unsafe-name", { name: commit, reason: "is not a commit" });
    return join(this.folder(repo), commit);
  }

  private folder(repo: string): string {
    if (!isRepoId(repo)) throw new OslmError("unsafe-name", { name: repo, reason: "is not org/name" });
    return repoRoot(join(this.state, "evidence"), repo);
  }
}
