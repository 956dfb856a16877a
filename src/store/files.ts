// Small careful steps on the disk: real folders only, whole files or none.
import type { Stats } from "node:fs";
import { lstat, mkdir, open, readdir, readlink, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { naming } from "../disk/full-disk.js";
import { makeFolder } from "../disk/make-folder.js";
import { OslmError } from "../errors.js";

/** The disk is full, or a quota is, which statfs does not tell. */
export function isDiskFull(error: unknown): boolean {
  const code = errnoOf(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

/** The error code of a system call's failure; undefined for what has none, and for our own errors. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof OslmError) return undefined;
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** True when there is nothing at a path. */
export function isAbsent(error: unknown): boolean {
  const code = errnoOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** lstat, undefined when there is nothing. */
export async function peek(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** The names in a real folder; none when it is absent, a file or a link. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  if (!(await peek(folder))?.isDirectory()) return [];
  return (await readdir(folder)).sort();
}

/** Everything below a real folder that is no folder, whatever its name: absolute paths. No link is followed. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  if (!(await peek(folder))?.isDirectory()) return [];
  const paths: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) paths.push(...(await filesBelow(path)));
    else paths.push(path);
  }
  return paths.sort();
}

/**
 * Makes `folder` and those between it and `root`. Throws `linked-folder` when one of them is a link: a link planted in the
 * cache must not send our files elsewhere. `root` itself may be one; people move the whole cache to another disk.
 */
export async function ensureFolder(root: string, folder: string): Promise<void> {
  await makeFolder(root);
  let current = root;
  for (const name of relative(root, folder).split(sep).filter(Boolean)) {
    current = join(current, name);
    await mkdir(current).catch((error: unknown) => {
      if (errnoOf(error) !== "EEXIST") throw error;
    });
    const stat = await lstat(current);
    if (stat.isDirectory()) continue;
    const target = stat.isSymbolicLink() ? resolve(dirname(current), await readlink(current)) : null;
    throw new OslmError("linked-folder", { path: current, target });
  }
}

/** True when a folder between `root` and `path` is a link, or no folder at all. */
export async function hasLinkAbove(root: string, path: string): Promise<boolean> {
  for (let folder = dirname(path); folder !== root && folder.startsWith(root + sep); folder = dirname(folder)) {
    const stat = await peek(folder);
    if (stat !== undefined && !stat.isDirectory()) return true;
  }
  return false;
}

/** Writes a file that is seen whole or not at all, also after a crash. A link in its place is replaced. */
export async function writeAtomic(path: string, text: string, mode = 0o666): Promise<void> {
  return naming(path, () => replaceWhole(path, text, mode));
}

async function replaceWhole(path: string, text: string, mode: number): Promise<void> {
  const { randomBytes } = await import("node:crypto");
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  const handle = await open(temporary, "wx", mode);
  try {
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes a rename survive a power cut. Windows cannot open folders and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Network file systems refuse it.
    if (errnoOf(error) !== "EINVAL" && errnoOf(error) !== "ENOTSUP") throw error;
  } finally {
    await handle.close();
  }
}

/** Removes `folder` and those above it, below `root`, as long as they are empty. */
export async function removeEmptyUp(folder: string, root: string): Promise<void> {
  for (let current = folder; current !== root && current.startsWith(root + sep); current = dirname(current)) {
    try {
      await rmdir(current);
    } catch (error) {
      if (isAbsent(error)) continue;
      return;
    }
  }
}
