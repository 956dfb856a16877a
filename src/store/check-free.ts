// Is there room on the disk? Asked before the first byte is written.
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../disk/make-folder.js";
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";

/** Makes `folder`. @throws OslmError disk-full when its disk has less than `need` to give */
export async function checkFree(folder: string, need: Bytes): Promise<void> {
  await makeFolder(folder);
  const have = await freeBytes(folder);
  if (need > have) throw new OslmError("disk-full", { path: folder, need, have });
}

/** What the disk of a folder has to give; where it is not there yet, that of the nearest one above it. */
export async function freeBytes(folder: string): Promise<Bytes> {
  const disk = await statfs(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" || dirname(folder) === folder) throw error;
  });
  return disk === undefined ? freeBytes(dirname(folder)) : disk.bavail * disk.bsize;
}
