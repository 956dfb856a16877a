// Who holds a lock: a record beside it, by which others tell a holder that died from one that is busy.
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { namingSync } from "../disk/full-disk.js";
import { type Holder, thisProcess } from "../disk/running-process.js";

export interface Owner extends Holder {
  /** Tells one hold from the next, of the same process too. */
  readonly id: string;
  /** The lock's folder that this was written for; an older record may lie beside a newer folder. */
  readonly folder: string;
}

/** Where the record of the lock at `path` lies: not inside, since only an empty folder is removed in one step. */
export function ownerPath(path: string): string {
  return `${path}.owner`;
}

/** Leaves the record of this process beside the lock, which it holds. @throws what the disk refuses */
export function writeOwner(path: string, id: string): void {
  const folder = folderId(path);
  if (folder === undefined) return;
  const owner: Owner = { id, folder, ...thisProcess() };
  namingSync(ownerPath(path), () => writeFileSync(ownerPath(path), `${JSON.stringify(owner)}\n`));
}

/** The record beside a lock; undefined when there is none that makes sense. */
export function readOwner(path: string): Owner | undefined {
  try {
    const stat = lstatSync(ownerPath(path));
    if (!stat.isFile() || stat.size > 4096) return undefined;
    return decode(JSON.parse(readFileSync(ownerPath(path), "utf8")));
  } catch {
    return undefined;
  }
}

/** True when the record is that of the folder which is the lock now. */
export function isCurrent(path: string, owner: Owner): boolean {
  return owner.folder === folderId(path);
}

/**
 * Tells a folder from a later one of the same name: inode numbers are given out again, so its time of birth belongs to
 * it, which the touches of the holder do not change. Where the disk keeps none no record is believed.
 */
function folderId(path: string): string | undefined {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat?.isDirectory() && stat.birthtimeNs > 0n ? `${stat.ino}-${stat.birthtimeNs}` : undefined;
}

function decode(value: unknown): Owner | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, folder, pid, start, boot, namespace, host } = value as Record<string, unknown>;
  if (typeof id !== "string" || typeof folder !== "string" || typeof host !== "string") return undefined;
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (!isTextOrNull(start) || !isTextOrNull(boot) || !isTextOrNull(namespace)) return undefined;
  return { id, folder, pid, start, boot, namespace, host };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
