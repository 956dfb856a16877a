// What interrupted downloads left of a blob.
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Bytes } from "../model/types.js";
import { namesIn, peek } from "./files.js";
import { type PartialOf, readSidecar, removeSidecar } from "./sidecar.js";

export interface Leftover {
  readonly path: string;
  /** Bytes from the beginning that may be kept; 0 when nothing vouches for them. */
  readonly done: Bytes;
}

const NAME = /^[0-9a-f]+\.oslm-[0-9a-f]{8}\.incomplete$/;

/** The longest first. */
export async function leftovers(blob: string, file: PartialOf): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const path of await leftoverPaths(blob)) {
    const stat = await peek(path);
    // A link planted under such a name must not be written through.
    const done = stat?.isFile() ? await readSidecar(path, file, stat.size) : 0;
    found.push({ path, done });
  }
  return found.sort((a, b) => b.done - a.done);
}

export async function leftoverPaths(blob: string): Promise<readonly string[]> {
  const folder = dirname(blob);
  const start = `${basename(blob)}.oslm-`;
  const names = await namesIn(folder);
  return names.filter((name) => name.startsWith(start) && NAME.test(name)).map((name) => join(folder, name));
}

export async function removeLeftover(path: string): Promise<void> {
  await rm(path, { force: true });
  await removeSidecar(path);
}
