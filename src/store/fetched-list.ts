// Which files of a checkpoint a pull has fetched only to convert them. They go when that is done, after however many interruptions; what
// was in the cache before is somebody's own, and stays.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type CommitSha, isCommitSha, isRepoId, type RepoId } from "../model/types.js";
import { fields } from "./decode-model.js";
import { SmallFile } from "./small-file.js";

const MAX_BYTES = 1024 * 1024;

export class FetchedList {
  readonly #file: SmallFile;

  /** @param state oslm's own folder */
  constructor(state: string, { repo, commit }: { readonly repo: RepoId; readonly commit: CommitSha }) {
    // They become the name of a file.
    if (!isRepoId(repo) || !isCommitSha(commit)) throw new RangeError(`${repo}@${commit}`);
    this.#file = new SmallFile(join(state, "checkpoints", `${repo.replace("/", "--")}--${commit}.json`), MAX_BYTES);
  }

  /** Paths in the repository; none of a list that cannot be read. */
  async read(): Promise<readonly string[]> {
    try {
      const { paths } = fields(JSON.parse((await this.#file.read()) || "{}"));
      return Array.isArray(paths) ? paths.filter((path) => typeof path === "string") : [];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  }

  /** Called before the first of these files is fetched. */
  async add(paths: readonly string[]): Promise<void> {
    const all = [...new Set([...(await this.read()), ...paths])];
    if (all.length > 0) await this.#file.replace(`${JSON.stringify({ paths: all })}\n`);
  }

  async clear(): Promise<void> {
    await rm(this.#file.path, { force: true });
  }
}
