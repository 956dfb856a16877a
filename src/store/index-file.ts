// The file of oslm's own list of models: which files of the cache make up a model, and under which name.
//
// It is written twice. What the disk does not tell, this list alone knows: second names, licenses, references to imported
// files. So a copy lies beside it, for when the list is lost or broken.
import { isAscii } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { OslmError } from "../errors.js";
import type { Bytes, StoredModel } from "../model/types.js";
import { decodeModel, fields } from "./decode-model.js";
import { errnoOf, writeAtomic } from "./files.js";

/** What this oslm writes, and the newest that it reads. */
const VERSION = 1;

/** A record takes some 600 bytes: more than a hundred thousand models are not ours. */
const MAX_BYTES: Bytes = 64 * 1024 * 1024;

export interface IndexFile {
  /**
   * `none`: nothing was ever recorded. `lost`: something was, and only the copy is there. `broken`: something was, and not
   * all of it can be read.
   */
  readonly state: "none" | "ok" | "lost" | "broken";
  /** The records that make sense; of a lost or broken list those that it, or its copy, still tells. */
  readonly models: readonly StoredModel[];
}

/** @throws OslmError newer-index for what a later oslm wrote; what the system says when the file may not be read */
export async function readIndex(path: string, hubCache: string): Promise<IndexFile> {
  const list = await readOne(path, hubCache);
  if (list.state === "ok") return list;
  const copy = await readOne(copyPath(path), hubCache);
  if (copy.state === "none") return list;
  const isTold = ({ name, repo, commit }: StoredModel) =>
    list.models.some((model) => model.name === name && model.repo === repo && model.commit === commit);
  return {
    state: list.state === "none" ? "lost" : "broken",
    models: [...list.models, ...copy.models.filter((model) => !isTold(model))],
  };
}

/** Where the copy of the list lies. */
export function copyPath(path: string): string {
  return path.replace(/(\.json)?$/, ".copy.json");
}

/** Replaces the list and its copy. The caller holds the lock, and has seen that the list is not a newer one. */
export async function writeIndex(path: string, models: readonly StoredModel[]): Promise<void> {
  // A line for each record: what remains of a damaged file is read by lines.
  const records = models.map(({ name, path, ...rest }) =>
    // The name first: `salvage` knows a record by it.
    JSON.stringify({ name, ...rest, ...(rest.repo === null && { path }) }),
  );
  const text = `{"version":${VERSION},"models":[\n${records.join(",\n")}\n]}\n`;
  // The copy first: where it cannot be written, nothing has changed.
  await writeAtomic(copyPath(path), text);
  await writeAtomic(path, text);
}

async function readOne(path: string, hubCache: string): Promise<IndexFile> {
  let text: string;
  try {
    const info = statSync(path);
    // Not opened: what is no file (a pipe, a folder) may never end.
    if (!info.isFile() || info.size > MAX_BYTES) return { state: "broken", models: [] };
    // At once: asking a thread for it takes longer than reading. And UTF-8 is read slowly where all of it is ASCII.
    const bytes = readFileSync(path);
    text = bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
  } catch (error) {
    // What lies below a file is no list that may come: nothing could be recorded there.
    if (errnoOf(error) === "ENOENT") return { state: "none", models: [] };
    throw error;
  }
  const value = parse(text);
  if (value === undefined) return { state: "broken", models: decodeAll(salvage(text), hubCache) };
  const { version, models } = fields(value);
  if (typeof version === "number" && version > VERSION) {
    throw new OslmError("newer-index", { path, version, known: VERSION });
  }
  if (version !== VERSION || !Array.isArray(models)) return { state: "broken", models: [] };
  const decoded = decodeAll(models, hubCache);
  return { state: decoded.length === models.length ? "ok" : "broken", models: decoded };
}

function decodeAll(values: readonly unknown[], hubCache: string): readonly StoredModel[] {
  return values.map((value) => decodeModel(value, hubCache)).filter((model) => model !== undefined);
}

/** The whole records of a file that was cut off or written over in places. */
function salvage(text: string): readonly unknown[] {
  const records = text.split("\n").filter((line) => line.startsWith('{"name":'));
  return records.map((line) => parse(line.replace(/,$/, ""))).filter((value) => value !== undefined);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
