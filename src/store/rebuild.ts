// The list of models as the disk tells it: what lies whole in the Hugging Face cache, and in oslm's own folder.
import { basename, join } from "node:path";
import { readHeader } from "../gguf/header.js";
import { checkShards } from "../gguf/shards.js";
import type { StoredFile, StoredModel } from "../model/types.js";
import { fileSource } from "./file-source.js";
import { namesIn } from "./files.js";
import { sha256Of } from "./hash-file.js";
import type { ModelState } from "./model-state.js";
import { readOwnRecord } from "./own-record.js";
import { type FoundModel, recordOfFound, reposIn, scanRepo } from "./scan-repo.js";

export interface Disk {
  readonly hubCache: string;
  readonly data: string;
  /** What there is of a model's files. */
  readonly stateOf: (model: StoredModel) => Promise<ModelState>;
  readonly now: () => Date;
}

/** Whole models that no record names. */
export interface Unlisted {
  readonly found: readonly FoundModel[];
  /** In oslm's own folder, each with the record beside its files. */
  readonly own: readonly StoredModel[];
}

/**
 * Of the known models those that are here, as they were recorded, and all others on this disk. The record of a damaged
 * one stays too: with it the rest can be fetched.
 */
export async function rebuild(disk: Disk, known: readonly StoredModel[]): Promise<readonly StoredModel[]> {
  const here: StoredModel[] = [];
  for (const model of known) if ((await disk.stateOf(model)) !== "gone") here.push(model);
  // What is known and no longer whole is not taken in anew as if it were: its record knew better.
  const { found, own } = await findUnlisted(disk, known);
  const records: StoredModel[] = [];
  for (const model of found) records.push(await recordOf(model, disk.now()));
  return [...here, ...own, ...records];
}

/** What `rebuild` would add. Names, links, records and headers are read; nothing is hashed. */
export async function findUnlisted(disk: Disk, known: readonly StoredModel[]): Promise<Unlisted> {
  const keys = new Set(known.map(keyOf));
  const found: FoundModel[] = [];
  for (const repo of await reposIn(disk.hubCache)) {
    for (const model of await scanRepo(disk.hubCache, repo)) {
      if (!keys.has(keyOf(model)) && (await isModel(model.files.map(({ place }) => place)))) found.push(model);
    }
  }
  const own: StoredModel[] = [];
  for (const name of await namesIn(disk.data)) {
    const model = await readOwnRecord(join(disk.data, name));
    if (typeof model !== "string" && !keys.has(keyOf(model)) && (await disk.stateOf(model)) === "whole")
      own.push(model);
  }
  return { found, own };
}

type Keyed = Pick<StoredModel, "repo" | "commit"> & {
  readonly path?: string;
  readonly files: readonly { readonly path: string }[];
};

/** The same for the same files: what the Hub calls them, or where they lie. */
function keyOf({ repo, commit, path, files }: Keyed): string {
  return JSON.stringify([repo, commit, repo === null ? path : null, files.map((file) => file.path)]);
}

/** Whether these are the files of one model, by their headers. */
async function isModel(paths: readonly string[]): Promise<boolean> {
  try {
    checkShards(
      await Promise.all(paths.map(async (path) => readHeader(await fileSource(path), { name: basename(path) }))),
    );
    return true;
  } catch {
    return false;
  }
}

/** What is not known of a model is said to be so: nobody was asked about its license. */
async function recordOf(found: FoundModel, now: Date): Promise<StoredModel> {
  const files: StoredFile[] = [];
  for (const { path, size, claimed, place } of found.files) {
    files.push({ path, size, sha256: claimed ?? (await sha256Of(place)) });
  }
  const license = { id: "unknown", class: "unknown" } as const;
  const record = recordOfFound(found, { files, license, addedAt: now.toISOString() });
  return found.files.some(({ claimed }) => claimed !== undefined) ? { ...record, unchecked: true } : record;
}
