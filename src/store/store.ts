// The models on this disk: the Hugging Face cache, and oslm's index of what it put there.
//
// Only what reading the list takes is loaded with it: `oslm list` takes little longer than Node's own start.
import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Paths } from "../config/paths.js";
import { OslmError } from "../errors.js";
import type { Bytes, KnownFile, RepoFile, RepoSnapshot, StoredFile, StoredModel } from "../model/types.js";
import { readEntry } from "./entries.js";
import { peek } from "./files.js";
import { RepoLayout } from "./layout.js";
import { ModelIndex, type Rebuilt } from "./model-index.js";
import { stateOf } from "./model-state.js";
import type { Prunable } from "./prunable.js";
import { quickLook } from "./quick-look.js";
import type { Disk } from "./rebuild.js";

/** What a pull knows of a model besides its files. */
export type NewModel = Pick<StoredModel, "name" | "ref" | "quant" | "license" | "addedAt">;

export interface FilesState {
  /** Whole and verified. */
  readonly present: readonly RepoFile[];
  readonly missing: readonly RepoFile[];
}

export class Store {
  /** The Hugging Face cache. */
  readonly hubCache: string;
  /** Files of oslm's own, from other places than the Hub. */
  readonly data: string;
  /** The list of the models; `list` gives it without those whose files have gone. */
  readonly index: ModelIndex;
  /** What the list can be made from. */
  readonly disk: Disk;
  /** Locks and sums, beside the list. */
  readonly state: string;
  readonly #layouts = new Map<string, RepoLayout>();

  /** @param tell told when the list was lost or broken and has been made anew */
  constructor({ hubCache, state, data }: Pick<Paths, "hubCache" | "state" | "data">, tell?: (news: Rebuilt) => void) {
    // A separator at the end would end the look for links above a path.
    this.hubCache = resolve(hubCache);
    this.data = data;
    this.state = state;
    this.disk = { hubCache: this.hubCache, data, stateOf: (model) => stateOf(this, model), now: () => new Date() };
    this.index = new ModelIndex(join(state, "index.json"), this.hubCache, {
      rebuild: async (known) => (await import("./rebuild.js")).rebuild(this.disk, known),
      tell,
    });
  }

  /** The recorded models whose files are all still there, in this cache; other tools may delete from it. */
  async list(): Promise<StoredModel[]> {
    const whole: StoredModel[] = [];
    const models = await this.recorded();
    if (models.length === 0) return whole;
    const isSeenWhole = quickLook(this.hubCache);
    for (const model of models) {
      const { repo } = model;
      if ((repo !== null && isSeenWhole(this.layout(repo), model)) || (await stateOf(this, model)) === "whole")
        whole.push(model);
    }
    return whole;
  }

  /**
   * Those of which no file is missing, for people to look at: one short system call for each file. That a file is whole,
   * and where it lies, it does not say: whoever uses a model takes it from `list`.
   */
  async glance(): Promise<StoredModel[]> {
    const models = await this.recorded();
    // The path is the first file's place.
    return models.filter(
      (model) =>
        existsSync(model.path) && model.files.slice(1).every((file) => existsSync(this.placeOf(model, file.path))),
    );
  }

  /** All recorded models, also those of which files are missing. */
  recorded(): Promise<readonly StoredModel[]> {
    return this.index.read();
  }

  /** The sha256 of the repository's files that oslm has verified, and that are still here by their sizes. */
  async verified(repo: string): Promise<ReadonlySet<string>> {
    const models = (await this.list()).filter((model) => model.repo === repo && !model.unchecked);
    return new Set(models.flatMap((model) => model.files.map((file) => file.sha256)));
  }

  /**
   * Which of these files are here. What no record of this repository vouches for is hashed first; `watch` is told of each
   * large one, how much of it has been read: first 0, at last its size.
   */
  async inspect(
    snapshot: RepoSnapshot,
    files: readonly RepoFile[],
    signal?: AbortSignal,
    watch?: (file: RepoFile, done: Bytes) => void,
  ): Promise<FilesState> {
    const trusted = await this.verified(snapshot.repo);
    const { hasBlob } = await import("./has-blob.js");
    const present: RepoFile[] = [];
    const missing: RepoFile[] = [];
    for (const file of files) {
      const vouched = file.sha256 !== undefined && trusted.has(file.sha256);
      const at = await this.place(snapshot, file);
      const here = await hasBlob(at, file, vouched, { signal, watch: (done) => watch?.(file, done) });
      (here ? present : missing).push(file);
    }
    return { present, missing };
  }

  /** What is here of these files, by their sizes: whoever was interrupted does not wait for hashes. */
  async keptBytes(snapshot: RepoSnapshot, files: readonly RepoFile[]): Promise<Bytes> {
    const { keptOf } = await import("./leftovers.js");
    const layout = this.layout(snapshot.repo);
    let kept = 0;
    for (const file of files) {
      const isHere = (await peek(await this.place(snapshot, file)))?.size === file.size;
      kept += isHere ? file.size : await keptOf(layout.blob(file), file);
    }
    return kept;
  }

  get sumsFolder(): string {
    return join(this.state, "sums");
  }

  layout(repo: string): RepoLayout {
    const layout = this.#layouts.get(repo) ?? new RepoLayout(this.hubCache, repo);
    this.#layouts.set(repo, layout);
    return layout;
  }

  /**
   * Where the lock of a repository lies: one process at a time downloads it or removes from it. In the cache itself, which
   * several users and containers may share; oslm's own folders are one user's.
   */
  lockPath(repo: string): string {
    return join(cacheLocks(this.hubCache), `${repo.replaceAll("/", "--")}.lock`);
  }

  /** The same for a folder of oslm's own, given by its path or its name. */
  ownLockPath(folder: string): string {
    return join(this.state, "locks", `web--${basename(folder)}.lock`);
  }

  /**
   * Names the downloaded files in the snapshot, then records the model; gives the record. The caller holds the lock and
   * has had every file verified: by `inspect` or by `download`.
   * @throws OslmError file-not-found, size-mismatch when a file has gone or changed since
   */
  async add(
    snapshot: RepoSnapshot,
    files: readonly RepoFile[],
    model: NewModel,
    projector?: RepoFile,
  ): Promise<StoredModel> {
    const layout = this.layout(snapshot.repo);
    const all = projector === undefined ? files : [...files, projector];
    const named = (await this.nameFiles(snapshot, all)).map(
      (file): StoredFile => (file.path === projector?.path ? { ...file, projector: true } : file),
    );
    const stored: StoredModel = {
      ...model,
      repo: snapshot.repo,
      commit: snapshot.commit,
      size: all.reduce((sum, file) => sum + file.size, 0),
      path: layout.snapshotFile(snapshot.commit, files[0]?.path ?? ""),
      files: named,
      lastUsedAt: null,
    };
    await this.record(stored);
    return stored;
  }

  /** The same without a record: the files have their names in the snapshot, for all programs. Gives them with their hashes. */
  async nameFiles(snapshot: RepoSnapshot, files: readonly RepoFile[]): Promise<readonly StoredFile[]> {
    const layout = this.layout(snapshot.repo);
    const places = await Promise.all(files.map((file) => this.place(snapshot, file)));
    for (const [index, file] of files.entries()) await checkThere(places[index] ?? "", file);
    // A process that was killed in its last moments may have left a journal.
    const { clearLeftovers } = await import("./leftovers.js");
    const { linkSnapshot } = await import("./link-snapshot.js");
    const { sha256Of } = await import("./hash-file.js");
    for (const file of files) await clearLeftovers(layout.blob(file));
    await linkSnapshot(layout, snapshot, files);
    return Promise.all(
      files.map(async (file) => ({
        path: file.path,
        size: file.size,
        sha256: file.sha256 ?? (await sha256Of(await this.place(snapshot, file))),
      })),
    );
  }

  /** Records a model whose files are here and have been verified; one of the same name is replaced. */
  async record(model: StoredModel): Promise<void> {
    await this.index.update((models) => [...models.filter((other) => !isSame(other, model)), model]);
  }

  /** Where the bytes of a file are, if they are: its blob, or the snapshot itself on disks without links. */
  async place({ repo, commit }: Pick<RepoSnapshot, "repo" | "commit">, file: RepoFile): Promise<string> {
    const layout = this.layout(repo);
    const blob = layout.blob(file);
    if ((await peek(blob)) !== undefined) return blob;
    const entry = await readEntry(layout, commit, file.path);
    return entry === undefined ? blob : entry.at;
  }

  /** Keeps what will tell the damaged pieces of a verified file from the good ones. */
  readonly keepSums = async (file: KnownFile, sums: readonly number[]): Promise<void> => {
    const { keepSums } = await import("./sums.js");
    await keepSums(this.sumsFolder, file, sums);
  };

  /** What `keepSums` has kept of a file. */
  readonly sumsOf = async (file: KnownFile): Promise<readonly number[] | undefined> => {
    const { readSums } = await import("./sums.js");
    return readSums(this.sumsFolder, file);
  };

  /** Remembers that the model was used. */
  async touch(model: StoredModel, now: Date): Promise<void> {
    await this.index.update((models) =>
      models.map((other) => (isSame(other, model) ? { ...other, lastUsedAt: now.toISOString() } : other)),
    );
  }

  /** Removes the models; files that other models share stay, and files that are not oslm's. Gives the bytes freed. */
  async remove(gone: readonly StoredModel[]): Promise<Bytes> {
    return (await import("./remove-models.js")).removeModels(this, gone);
  }

  /** What interrupted downloads left in a repository; nothing while one is under way. */
  async leftoversIn(repo: string): Promise<readonly Prunable[]> {
    return (await import("./repo-leftovers.js")).leftoversIn(this, repo);
  }

  /** Removes all of that; gives the bytes freed. */
  async removeLeftovers(repo: string): Promise<Bytes> {
    return (await import("./repo-leftovers.js")).removeLeftoversIn(this, repo);
  }

  /** Where a model names one of its files. */
  placeOf({ repo, commit, path }: StoredModel, file: string): string {
    return repo === null || commit === null ? join(dirname(path), file) : this.layout(repo).snapshotFile(commit, file);
  }

  /** Where the bytes of such a file are; undefined when they are not here. */
  async bytesOf(model: StoredModel, file: string): Promise<string | undefined> {
    const { repo, commit } = model;
    // What was imported by reference may be a link of the user's.
    if (repo === null || commit === null) return realpath(this.placeOf(model, file)).catch(() => undefined);
    return (await readEntry(this.layout(repo), commit, file))?.at;
  }
}

async function checkThere(at: string, file: RepoFile): Promise<void> {
  const stat = await peek(at);
  if (!stat?.isFile()) throw new OslmError("file-not-found", { path: at });
  if (stat.size !== file.size) {
    throw new OslmError("size-mismatch", { file: file.path, expected: file.size, actual: stat.size });
  }
}

/** Beside huggingface_hub's own locks: all tools pass that folder over. */
export function cacheLocks(hubCache: string): string {
  return join(hubCache, ".locks", "oslm");
}

/** Whether these are records of one model under one name. */
export function isSame(a: StoredModel, b: StoredModel): boolean {
  return a.name === b.name && a.commit === b.commit && a.repo === b.repo;
}
