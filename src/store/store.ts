// The models on this disk: the Hugging Face cache, and oslm's index of what it put there.
import { mkdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OslmError } from "../errors.js";
import type { Bytes, RepoFile, RepoSnapshot, StoredModel } from "../model/types.js";
import { hasBlob, sha256Of } from "./has-blob.js";
import { readIndex, writeIndex } from "./index-file.js";
import { RepoLayout } from "./layout.js";
import { linkSnapshot } from "./link-snapshot.js";
import { withLock } from "./lock.js";
import { leftover } from "./partial.js";
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

  /** The recorded models whose files are all still there; other tools may delete from the cache. */
  async list(): Promise<StoredModel[]> {
    const models = await readIndex(this.#index);
    const whole = await Promise.all(models.map((model) => this.#isWhole(model)));
    return models.filter((_, index) => whole[index]);
  }

  /** Which of these files are here. Blobs that no record vouches for are hashed first. */
  async inspect(snapshot: RepoSnapshot, files: readonly RepoFile[], signal?: AbortSignal): Promise<FilesState> {
    const layout = this.layout(snapshot.repo);
    const trusted = new Set((await this.list()).flatMap((model) => model.files.map((file) => file.sha256 as string)));
    const present: RepoFile[] = [];
    const missing: RepoFile[] = [];
    let partialBytes = 0;
    for (const file of files) {
      const blob = layout.blob(file);
      const here = await hasBlob(blob, file, file.sha256 !== undefined && trusted.has(file.sha256), signal);
      (here ? present : missing).push(file);
      const rest = here ? undefined : await leftover(blob);
      if (rest !== undefined) partialBytes += (await stat(rest)).size;
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

  /** Names the downloaded files in the snapshot, then records the model; gives the record. */
  async add(snapshot: RepoSnapshot, files: readonly RepoFile[], model: NewModel): Promise<StoredModel> {
    const layout = this.layout(snapshot.repo);
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
          sha256: file.sha256 ?? (await sha256Of(layout.blob(file))),
        })),
      ),
      lastUsedAt: null,
    };
    await this.#update((models) => [...models.filter((other) => !isSame(other, stored)), stored]);
    return stored;
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

  async #isWhole(model: StoredModel): Promise<boolean> {
    const layout = this.layout(model.repo);
    const sizes = await Promise.all(
      model.files.map(
        async (file) => (await stat(layout.snapshotFile(model.commit, file.path)).catch(() => undefined))?.size,
      ),
    );
    return sizes.every((size, index) => size === model.files[index]?.size);
  }

  async #update(change: (models: readonly StoredModel[]) => readonly StoredModel[]): Promise<void> {
    await mkdir(dirname(this.#index), { recursive: true });
    await withLock(`${this.#index}.lock`, async () => writeIndex(this.#index, change(await readIndex(this.#index))));
  }
}

function isSame(a: StoredModel, b: StoredModel): boolean {
  return a.name === b.name && a.commit === b.commit && a.repo === b.repo;
}
