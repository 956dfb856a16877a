// The system says that a disk is full without saying which: a write has no path.
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Bytes } from "../model/types.js";

/** The codes for it: no room, no more of the quota, a file longer than the disk or a limit takes. */
const CODES: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG"];

/** The system's error with the file that had no room, by the name that a person knows, and what is free there. */
export interface NoRoom extends NodeJS.ErrnoException {
  readonly free?: Bytes | null;
}

/** Writes to `path`. @throws a NoRoom where its disk is full; any other error as it is */
export async function naming<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw named(path, error);
  }
}

/** The same for what is written at once. */
export function namingSync<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw named(path, error);
  }
}

export function isNoRoom(error: unknown): error is NoRoom {
  return error instanceof Error && "code" in error && CODES.includes(error.code);
}

function named(path: string, error: unknown): unknown {
  // The innermost knows best.
  if (!isNoRoom(error) || "free" in error) return error;
  return Object.assign(error, { path, free: freeAt(path) });
}

/** The file itself may not be there, or not any more. */
function freeAt(path: string): Bytes | null {
  for (const place of [path, dirname(path)]) {
    try {
      const { bavail, bsize } = statfsSync(place);
      return bavail * bsize;
    } catch {}
  }
  return null;
}
