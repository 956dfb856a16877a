// A copy that takes no room where the disk can share blocks (btrfs, XFS, APFS, ReFS), and is checked for room elsewhere.
import { constants } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import { dirname } from "node:path";
import { naming } from "../disk/full-disk.js";
import type { Bytes } from "../model/types.js";
import { checkFree } from "./check-free.js";

/** Copies a file of `size` bytes to a name that is free. @throws OslmError disk-full */
export async function copyCheaply(from: string, to: string, size: Bytes): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
  } catch {
    await checkFree(dirname(to), size);
    await naming(dirname(to), () => copyFile(from, to, constants.COPYFILE_EXCL));
  }
  // Its final name must never lead to less than all of it.
  const copy = await open(to, "r+");
  try {
    await copy.sync();
  } finally {
    await copy.close();
  }
}
