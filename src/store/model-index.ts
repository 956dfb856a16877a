// oslm's own list of models. It can be lost: it is made again from its copy, and from the files and their hashes on this
// disk.
import { copyFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../disk/make-folder.js";
import type { StoredModel } from "../model/types.js";
import { isDiskFull } from "./files.js";
import { type IndexFile, readIndex, writeIndex } from "./index-file.js";

/** A lost or broken list was replaced. */
export interface Rebuilt {
  /** Where the broken one lies now; null for a lost one. */
  readonly aside: string | null;
  /** How many models the new one holds. */
  readonly models: number;
  /** Of these, how many the disk alone tells of: under what other names, and with which license, nobody knows. */
  readonly unknown: number;
}

export interface IndexParts {
  /** All whole models on this disk, with what is known of them. */
  readonly rebuild: (known: readonly StoredModel[]) => Promise<readonly StoredModel[]>;
  /** Told once for each list that was made anew. */
  readonly tell?: ((rebuilt: Rebuilt) => void) | undefined;
}

export class ModelIndex {
  constructor(
    readonly path: string,
    private readonly hubCache: string,
    private readonly parts: IndexParts,
  ) {}

  /** The recorded models. A lost or broken list is first made anew. @throws OslmError newer-index */
  async read(): Promise<readonly StoredModel[]> {
    const { state, models } = await this.look();
    return mustBeMade(state) ? this.#locked(() => this.#readLocked()) : models;
  }

  /** What is read of it, in whatever state it is. @throws OslmError newer-index */
  look(): Promise<IndexFile> {
    return readIndex(this.path, this.hubCache);
  }

  /** Changes the list. @throws OslmError newer-index */
  async update(change: (models: readonly StoredModel[]) => readonly StoredModel[]): Promise<void> {
    await makeFolder(dirname(this.path));
    await this.#locked(async () => writeIndex(this.path, change(await this.#readLocked())));
  }

  /** Makes the list from what is on this disk, whatever state it is in; gives the new one. @throws OslmError newer-index */
  async rebuild(): Promise<readonly StoredModel[]> {
    await makeFolder(dirname(this.path));
    return this.#locked(async () => {
      const { state, models } = await this.look();
      return mustBeMade(state) ? this.#replace(state, models) : this.#write(await this.parts.rebuild(models));
    });
  }

  /** The lock's code is loaded with its first use: whoever only reads needs none. */
  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const { withLock } = await import("./lock.js");
    return withLock(this.lockPath, work);
  }

  get lockPath(): string {
    return `${this.path}.lock`;
  }

  async #readLocked(): Promise<readonly StoredModel[]> {
    // Another process may have made it whole meanwhile.
    const { state, models } = await this.look();
    return mustBeMade(state) ? this.#replace(state, models) : models;
  }

  async #replace(state: "lost" | "broken", known: readonly StoredModel[]): Promise<readonly StoredModel[]> {
    const models = await this.parts.rebuild(known);
    const aside = state === "broken" ? `${this.path}.broken` : null;
    try {
      // Copied, so that there is a list at each moment; what is no file at all has to go.
      if (aside !== null) await copyFile(this.path, aside).catch(() => rename(this.path, aside));
      await this.#write(models);
    } catch (error) {
      // Somebody wants to free room, and has to see for that what is here.
      if (!isDiskFull(error)) throw error;
      return models;
    }
    this.parts.tell?.({ aside, models: models.length, unknown: countUnknown(models, known) });
    return models;
  }

  async #write(models: readonly StoredModel[]): Promise<readonly StoredModel[]> {
    await writeIndex(this.path, models);
    return models;
  }
}

/** How many of these models only the disk tells of: nobody knows their licenses, nor what else they were called. */
export function countUnknown(models: readonly StoredModel[], known: readonly StoredModel[]): number {
  const names = new Set(known.map(({ name }) => name));
  return models.filter(({ name, adopted }) => adopted && !names.has(name)).length;
}

function mustBeMade(state: IndexFile["state"]): state is "lost" | "broken" {
  return state === "lost" || state === "broken";
}
