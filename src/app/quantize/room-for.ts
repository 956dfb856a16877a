// Room for a file that somebody wants at a place of theirs, asked before it is written.
import { dirname } from "node:path";
import { OslmError } from "../../errors.js";
import type { Bytes } from "../../model/types.js";
import { freeBytes } from "../../store/check-free.js";

/** @throws OslmError disk-full */
export async function roomFor(target: string, need: Bytes): Promise<void> {
  const path = dirname(target);
  const have = await freeBytes(path);
  if (need > have) throw new OslmError("disk-full", { path, need, have, output: true });
}
