// The file of oslm's own list of models: which files of the cache make up a model, and under which name.
import { isAscii } from "node:buffer";
import { readFileSync } from "node:fs";
import { OslmError } from "../errors.js";
import type { StoredModel } from "../model/types.js";
import { decodeModel, fields } from "./decode-model.js";
import { isAbsent, writeAtomic } from "./files.js";

/** What this oslm writes, and the newest that it reads. */
const VERSION = 1;

export interface IndexFile {
  /** `none`: nothing was ever recorded. `broken`: something was, and not all of it can be read. */
  readonly state: "none" | "ok" | "broken";
  /** The records that make sense; of a broken file those that can still be read. */
  readonly models: readonly StoredModel[];
}

/** @throws OslmError newer-index for what a later oslm wrote; what the system says when the file may not be read */
export async function readIndex(path: string): Promise<IndexFile> {
  let text: string;
  try {
    // At once: asking a thread for it takes longer than reading. And UTF-8 is read slowly where all of it is ASCII.
    const bytes = readFileSync(path);
    text = bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
  } catch (error) {
    if (isAbsent(error)) return { state: "none", models: [] };
    throw error;
  }
  const value = parse(text);
  if (value === undefined) return { state: "broken", models: decodeAll(salvage(text)) };
  const { version, models } = fields(value);
  if (typeof version === "number" && version > VERSION) {
    throw new OslmError("newer-index", { path, version, known: VERSION });
  }
  if (version !== VERSION || !Array.isArray(models)) return { state: "broken", models: [] };
  const decoded = decodeAll(models);
  return { state: decoded.length === models.length ? "ok" : "broken", models: decoded };
}

/** Replaces the list. The caller holds the lock, and has seen that the file is not a newer one. */
export async function writeIndex(path: string, models: readonly StoredModel[]): Promise<void> {
  await writeAtomic(path, `${JSON.stringify({ version: VERSION, models }, null, 1)}\n`);
}

function decodeAll(values: readonly unknown[]): readonly StoredModel[] {
  return values.map(decodeModel).filter((model) => model !== undefined);
}

/** The whole records of a file that was cut off or written over in places: `writeIndex` indents each by two. */
function salvage(text: string): readonly unknown[] {
  const records = text.match(/^ {2}\{\n(?: {3}.*\n)*? {2}\}/gm) ?? [];
  return records.map(parse).filter((value) => value !== undefined);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
