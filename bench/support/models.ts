// Model files of a given size, and where pulls of them end up.
import { createHash, randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { tinyGguf } from "../../test/support/tiny-gguf.js";

/** A readable header with so many random bytes behind it; a file that is there already stays. */
export function makeModel(path: string, bytes: number): string {
  if (existsSync(path)) return path;
  const file = openSync(path, "w");
  writeSync(file, tinyGguf());
  for (let left = bytes; left > 0; left -= 2 ** 24) writeSync(file, randomBytes(Math.min(left, 2 ** 24)));
  closeSync(file);
  return path;
}

/** The same with a hole in place of the random bytes: nothing is read from a disk when it is served. */
export function makeHollowModel(path: string, bytes: number): string {
  const file = openSync(path, "w");
  writeSync(file, tinyGguf());
  closeSync(file);
  truncateSync(path, bytes);
  return path;
}

export interface StoreState {
  /** The one model is there with the right bytes. */
  readonly stored: boolean;
  /** Blobs whose bytes are not what their name says. */
  readonly wrong: number;
  /** Everything else in the folder of blobs: partial files, their journals, what nobody knows. */
  readonly leftovers: readonly string[];
}

/** Reads every blob of the cache again. */
export function stateOf(cache: string, sha256: string): StoreState {
  const files = existsSync(cache) ? readdirSync(cache, { recursive: true, withFileTypes: true }) : [];
  const blobs = files.filter((entry) => entry.isFile() && basename(entry.parentPath) === "blobs");
  const whole = blobs.filter(({ name }) => /^[0-9a-f]{64}$/.test(name));
  const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  const wrong = whole.filter(({ name, parentPath }) => hashOf(join(parentPath, name)) !== name).length;
  const linked = files.some((entry) => entry.isSymbolicLink() && basename(dirname(entry.parentPath)) === "snapshots");
  const leftovers = blobs.filter((entry) => !whole.includes(entry)).map(({ name }) => name);
  return { stored: linked && whole.some(({ name }) => name === sha256), wrong, leftovers };
}
