// Is there room on the disk? Asked before the first byte is written.
import { mkdir, statfs } from "node:fs/promises";
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";

/** Makes `folder`. @throws OslmError disk-full when its disk has less than `need` to give */
export async function checkFree(folder: string, need: Bytes): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const have = bavail * bsize;
  if (need > have) throw new OslmError("disk-full", { path: folder, need, have });
}
