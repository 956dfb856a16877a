// The record beside the files of a model in oslm's own folder: from it the list of models can be made anew.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Bytes, StoredModel } from "../model/types.js";
import { decodeModel } from "./decode-model.js";
import { ensureFolder, peek, writeAtomic } from "./files.js";

/** Its name; no file of a model may have it. */
export const RECORD_NAME = "model.json";

/** A record takes a few hundred bytes for each shard; a larger one is not ours. */
const MAX_BYTES: Bytes = 1024 * 1024;

/** Writes the record of a model beside its files. */
export async function writeOwnRecord(data: string, model: StoredModel): Promise<void> {
  const folder = dirname(model.path);
  await ensureFolder(data, folder);
  await writeAtomic(join(folder, RECORD_NAME), `${JSON.stringify(model, null, 1)}\n`);
}

/**
 * The model that the record in a folder tells of; people move folders, so where it lies says where the files are. `none`
 * when there is no record, `broken` when it makes no sense: then it may be of any file there.
 */
export async function readOwnRecord(folder: string): Promise<StoredModel | "none" | "broken"> {
  const path = join(folder, RECORD_NAME);
  const stat = (await peek(folder))?.isDirectory() ? await peek(path) : undefined;
  if (stat === undefined) return "none";
  if (!stat.isFile() || stat.size > MAX_BYTES) return "broken";
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch {
    return "broken";
  }
  const model = decodeModel(value, "");
  const [first] = model?.files ?? [];
  if (model?.repo !== null || first === undefined || dirname(first.path) !== ".") return "broken";
  return { ...model, path: join(folder, first.path) };
}
