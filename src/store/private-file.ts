// Small files that only their owner may read, written at once: also while the process ends, when nothing can be awaited.

import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { CAREFUL } from "../disk/careful.js";
import { namingSync } from "../disk/full-disk.js";
import type { Bytes } from "../model/types.js";
import { errnoOf } from "./files.js";

/** Its text; undefined when there is none. @throws Error when it is a link, no file, or larger than `limit` */
export function readPrivate(path: string, limit: Bytes): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | CAREFUL);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error("it is not a file");
    if (stat.size > limit) throw new Error(`it has ${stat.size} bytes; the limit is ${limit}`);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** Replaces the whole file or leaves the old one, also at a power cut: 0600, in a folder that is 0700 where it is made. */
export function writePrivate(path: string, text: string): void {
  makeFolders(dirname(path));
  const draft = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    // "wx": neither a file that is there nor a link is written through.
    const file = openSync(draft, "wx", 0o600);
    try {
      namingSync(path, () => writeFileSync(file, text));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Step by step: Node's own recursive mkdir never ends below /proc. */
function makeFolders(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const code = errnoOf(error);
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(folder) === folder) throw error;
    makeFolders(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
}
