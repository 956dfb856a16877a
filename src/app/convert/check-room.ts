// Is there room on the disk for a checkpoint and for what is made of it?
import { stat } from "node:fs/promises";
import { OslmError } from "../../errors.js";
import type { Bytes } from "../../model/types.js";
import { checkFree, freeBytes } from "../../store/check-free.js";
import type { Store } from "../../store/store.js";

export interface Room {
  /** What is still to come. */
  readonly download: Bytes;
  readonly result: Bytes;
  /** Both are here together for a while, beside what has come already. */
  readonly peak: Bytes;
  /** Of the disk that the result goes to. */
  readonly free: Bytes;
}

/** The cache and oslm's own folder may lie on one disk or on two. @throws OslmError disk-full */
export async function checkRoom(
  { hubCache, data }: Pick<Store, "hubCache" | "data">,
  { download, result }: Pick<Room, "download" | "result">,
): Promise<Room> {
  await checkFree(hubCache, download);
  await checkFree(data, result);
  const peak = download + result;
  const free = await freeBytes(data);
  const isOne = (await stat(hubCache)).dev === (await stat(data)).dev;
  if (isOne && peak > free) throw new OslmError("disk-full", { path: data, need: peak, have: free });
  return { download, result, peak, free };
}
