// oslm's own list of models: which files of the cache make up a model, and under which name. It can be lost: the files
// and their hashes are in the cache.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { StoredModel } from "../model/types.js";

interface IndexFile {
  readonly version: 1;
  readonly models: readonly StoredModel[];
}

/** The recorded models; none when the file is missing. A broken one is set aside, never overwritten. */
export async function readIndex(path: string): Promise<readonly StoredModel[]> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return [];
  const models = parse(text);
  if (models !== undefined) return models;
  await rename(path, `${path}.broken`).catch(() => undefined);
  return [];
}

export async function writeIndex(path: string, models: readonly StoredModel[]): Promise<void> {
  const file: IndexFile = { version: 1, models };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(file, null, 1)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

function parse(text: string): readonly StoredModel[] | undefined {
  try {
    const file = JSON.parse(text) as Partial<IndexFile>;
    return file.version === 1 && Array.isArray(file.models) && file.models.every(isStoredModel)
      ? file.models
      : undefined;
  } catch {
    return undefined;
  }
}

function isStoredModel(value: unknown): value is StoredModel {
  if (typeof value !== "object" || value === null) return false;
  const model = value as { [key in keyof StoredModel]?: unknown };
  const texts = [model.name, model.ref, model.repo, model.commit, model.quant, model.path, model.addedAt];
  const license = model.license as { id?: unknown } | null | undefined;
  return (
    texts.every((text) => typeof text === "string") &&
    typeof model.size === "number" &&
    typeof license?.id === "string" &&
    Array.isArray(model.files) &&
    model.files.length > 0 &&
    model.files.every((file: { path?: unknown } | null) => typeof file?.path === "string")
  );
}
