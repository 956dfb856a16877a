// Is there room on the disk? Asked before the first byte is written.
import { statfs } from "node:fs/promises";
import { makeFolder } from "../disk/make-folder.js";
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";

/** Makes `folder`. @throws OslmError disk-full when its disk has less than `need` to give */
export async function checkFree(folder: string, need: Bytes): Promise<void> {
  await makeFolder(folder);
  const { bavail, bsize } = await statfs(folder);
  const have = bavail * bsize;
  if (need > have) throw new OslmError("disk-full", { path: folder, need, have });
}
