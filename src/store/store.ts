// The models on this disk: the Hugging Face cache, and oslm's index of what it put there.
import { mkdir, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OslmError } from "../errors.js";
import type { Bytes, RepoFile, RepoSnapshot, StoredModel } from "../model/types.js";
import { type Entry, readEntry } from "./entries.js";
import { peek } from "./files.js";
import { hasBlob, sha256Of } from "./has-blob.js";
import { readIndex, writeIndex } from "./index-file.js";
import { RepoLayout } from "./layout.js";
import { leftovers } from "./leftovers.js";
import { linkSnapshot } from "./link-snapshot.js";
import { withLock } from "./lock.js";
import { removeModel } from "./remove-model.js";

/** What a pull knows of a model besides its files. */
export type NewModel = Pick<StoredModel, "name" | "ref" | "quant" | "license" | "addedAt">;

export interface FilesState {
  /** Whole and verified. */
  readonly present: readonly RepoFile[];
  readonly missing: readonly RepoFile[];
  /** Of the missing files, bytes that an interrupted run left. */
  readonly partialBytes: Bytes;
}

export class Store {
  readonly #index: string;

  constructor(
    readonly hubCache: string,
    private readonly stateDir: string,
  ) {
    this.#index = join(stateDir, "index.json");
  }

  /** The recorded models whose files are all still there, in this cache; other tools may delete from it. */
  async list(): Promise<StoredModel[]> {
    const whole: StoredModel[] = [];
    for (const model of await readIndex(this.#index)) {
      const entries = await this.#entries(model);
      // The recorded path is that of the cache at that time; people move it.
      if (entries !== undefined) whole.push({ ...model, path: entries[0]?.place ?? model.path });
    }
    return whole;
  }

  /** Which of these files are here. What no record of this repository vouches for is hashed first. */
  async inspect(snapshot: RepoSnapshot, files: readonly RepoFile[], signal?: AbortSignal): Promise<FilesState> {
    const layout = this.layout(snapshot.repo);
    const models = (await this.list()).filter((model) => model.repo === snapshot.repo);
    const trusted = new Set<string>(models.flatMap((model) => model.files.map((file) => file.sha256)));
    const present: RepoFile[] = [];
    const missing: RepoFile[] = [];
    let partialBytes = 0;
    for (const file of files) {
      const vouched = file.sha256 !== undefined && trusted.has(file.sha256);
      const at = await this.place(snapshot, file);
      const here = await hasBlob(at, file, vouched, signal);
      (here ? present : missing).push(file);
      if (!here) partialBytes += (await leftovers(layout.blob(file), file))[0]?.done ?? 0;
    }
    return { present, missing, partialBytes };
  }

  /** @throws OslmError disk-full */
  async checkFree(need: Bytes): Promise<void> {
    await mkdir(this.hubCache, { recursive: true });
    const { bavail, bsize } = await statfs(this.hubCache);
    const have = bavail * bsize;
    if (need > have) throw new OslmError("disk-full", { path: this.hubCache, need, have });
  }

  layout(repo: string): RepoLayout {
    return new RepoLayout(this.hubCache, repo);
  }

  /** Where the lock of a repository lies: one process at a time downloads it or removes from it. */
  lockPath(repo: string): string {
    return join(this.stateDir, "locks", `${repo.replaceAll("/", "--")}.lock`);
  }

  /**
   * Names the downloaded files in the snapshot, then records the model; gives the record. The caller holds the lock and
   * has had every file verified: by `inspect` or by `download`.
   * @throws OslmError file-not-found, size-mismatch when a file has gone or changed since
   */
  async add(snapshot: RepoSnapshot, files: readonly RepoFile[], model: NewModel): Promise<StoredModel> {
    const layout = this.layout(snapshot.repo);
    const places = await Promise.all(files.map((file) => this.place(snapshot, file)));
    for (const [index, file] of files.entries()) await checkThere(places[index] ?? "", file);
    await linkSnapshot(layout, snapshot, files);
    const stored: StoredModel = {
      ...model,
      repo: snapshot.repo,
      commit: snapshot.commit,
      size: files.reduce((sum, file) => sum + file.size, 0),
      path: layout.snapshotFile(snapshot.commit, files[0]?.path ?? ""),
      files: await Promise.all(
        files.map(async (file) => ({
          path: file.path,
          size: file.size,
          sha256: file.sha256 ?? (await sha256Of(await this.place(snapshot, file))),
        })),
      ),
      lastUsedAt: null,
    };
    await this.#update((models) => [...models.filter((other) => !isSame(other, stored)), stored]);
    return stored;
  }

  /** Where the bytes of a file are, if they are: its blob, or the snapshot itself on disks without links. */
  async place({ repo, commit }: Pick<RepoSnapshot, "repo" | "commit">, file: RepoFile): Promise<string> {
    const layout = this.layout(repo);
    const blob = layout.blob(file);
    if ((await peek(blob)) !== undefined) return blob;
    const entry = await readEntry(layout, commit, file.path);
    return entry === undefined ? blob : entry.at;
  }

  /** Remembers that the model was used. */
  async touch(model: StoredModel, now: Date): Promise<void> {
    await this.#update((models) =>
      models.map((other) => (isSame(other, model) ? { ...other, lastUsedAt: now.toISOString() } : other)),
    );
  }

  /** Removes the models; files that other models share stay. Gives the bytes freed. */
  async remove(gone: readonly StoredModel[]): Promise<Bytes> {
    const stay = (await this.list()).filter((model) => !gone.some((one) => isSame(one, model)));
    const kept = new Set(
      stay.flatMap(({ repo, commit, files }) => files.map((file) => this.layout(repo).snapshotFile(commit, file.path))),
    );
    // The record first: a listed model is always whole.
    await this.#update((models) => models.filter((model) => !gone.some((one) => isSame(one, model))));
    let freed = 0;
    for (const model of gone) {
      freed += await withLock(this.lockPath(model.repo), () =>
        removeModel(this.hubCache, model, (path) => kept.has(path)),
      );
    }
    return freed;
  }

  /** The entries of a model's files; undefined unless all are there with their sizes. */
  async #entries(model: StoredModel): Promise<readonly Entry[] | undefined> {
    const layout = this.layout(model.repo);
    const entries: Entry[] = [];
    for (const file of model.files) {
      const entry = await readEntry(layout, model.commit, file.path);
      if (entry?.stat.size !== file.size) return undefined;
      entries.push(entry);
    }
    return entries;
  }

  async #update(change: (models: readonly StoredModel[]) => readonly StoredModel[]): Promise<void> {
    await mkdir(dirname(this.#index), { recursive: true });
    await withLock(`${this.#index}.lock`, async () => writeIndex(this.#index, change(await readIndex(this.#index))));
  }
}

async function checkThere(at: string, file: RepoFile): Promise<void> {
  const stat = await peek(at);
  if (!stat?.isFile()) throw new OslmError("file-not-found", { path: at });
  if (stat.size !== file.size) {
    throw new OslmError("size-mismatch", { file: file.path, expected: file.size, actual: stat.size });
  }
}

function isSame(a: StoredModel, b: StoredModel): boolean {
  return a.name === b.name && a.commit === b.commit && a.repo === b.repo;
}
