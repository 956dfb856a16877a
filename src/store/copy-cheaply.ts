// A copy that takes no room where the disk can share blocks (btrfs, XFS, APFS, ReFS), and is checked for room elsewhere.
import { constants } from "node:fs";
import { copyFile, mkdir, open, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";

/** Copies a file of `size` bytes to a name that is free. @throws OslmError disk-full */
export async function copyCheaply(from: string, to: string, size: Bytes): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
  } catch {
    await checkFree(dirname(to), size);
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
  // Its final name must never lead to less than all of it.
  const copy = await open(to, "r+");
  try {
    await copy.sync();
  } finally {
    await copy.close();
  }
}

/** Makes `folder`. @throws OslmError disk-full when its disk has less than `need` to give */
export async function checkFree(folder: string, need: Bytes): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const have = bavail * bsize;
  if (need > have) throw new OslmError("disk-full", { path: folder, need, have });
}
