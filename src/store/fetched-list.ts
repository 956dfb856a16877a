// Which files of a checkpoint a pull has fetched to convert them. They go when that is done, after however many interruptions, or when
// the repository is removed, where they were to be kept; what was in the cache before is somebody's own, and stays.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { unsafePathReason } from "../model/safe-path.js";
import { type CommitSha, isCommitSha, isRepoId, type RepoFile, type RepoId } from "../model/types.js";
import { fields } from "./decode-model.js";
import { namesIn } from "./files.js";
import { blobName } from "./layout.js";
import { SmallFile } from "./small-file.js";

export interface FetchedFile {
  /** In the repository. */
  readonly path: string;
  /** What the cache calls its bytes. */
  readonly blob: string;
}

export interface Fetched {
  readonly files: readonly FetchedFile[];
  /** They were asked to be kept. */
  readonly kept: boolean;
}

const MAX_BYTES = 4 * 1024 * 1024;
const folderOf = (state: string) => join(state, "checkpoints");
const beginOf = (repo: RepoId) => `${repo.replace("/", "--")}--`;

export class FetchedList {
  readonly #file: SmallFile;

  /** @param state oslm's own folder */
  constructor(
    state: string,
    readonly repo: RepoId,
    readonly commit: CommitSha,
  ) {
    // They become the name of a file.
    if (!isRepoId(repo) || !isCommitSha(commit)) throw new RangeError(`${repo}@${commit}`);
    this.#file = new SmallFile(join(folderOf(state), `${beginOf(repo)}${commit}.json`), MAX_BYTES);
  }

  /** Those of a repository, at whichever commits. */
  static async all(state: string, repo: RepoId): Promise<readonly FetchedList[]> {
    const begin = beginOf(repo);
    return (await namesIn(folderOf(state))).flatMap((name) => {
      const commit = name.slice(begin.length, -".json".length);
      return name.startsWith(begin) && name.endsWith(".json") && isCommitSha(commit)
        ? [new FetchedList(state, repo, commit)]
        : [];
    });
  }

  /** None of a list that cannot be read, and none that could lie elsewhere. */
  async read(): Promise<Fetched> {
    try {
      const { files, kept } = fields(JSON.parse((await this.#file.read()) || "{}"));
      return { files: Array.isArray(files) ? files.filter(isFetched) : [], kept: kept === true };
    } catch (error) {
      if (error instanceof SyntaxError) return { files: [], kept: false };
      throw error;
    }
  }

  /** Called before the first of these files is fetched. */
  async add(files: readonly RepoFile[]): Promise<void> {
    const before = await this.read();
    const added = files.map((file): FetchedFile => ({ path: file.path, blob: blobName(file) }));
    const all = new Map([...before.files, ...added].map((one) => [one.path, one]));
    if (all.size > 0) await this.#write({ ...before, files: [...all.values()] });
  }

  /** From now on its files stay when their conversion is done. */
  async keep(): Promise<void> {
    const { files } = await this.read();
    if (files.length > 0) await this.#write({ files, kept: true });
  }

  async clear(): Promise<void> {
    await rm(this.#file.path, { force: true });
  }

  async #write(fetched: Fetched): Promise<void> {
    await this.#file.replace(`${JSON.stringify(fetched)}\n`);
  }
}

function isFetched(value: unknown): value is FetchedFile {
  const { path, blob } = fields(value);
  if (typeof path !== "string" || unsafePathReason(path) !== undefined) return false;
  return typeof blob === "string" && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(blob);
}
