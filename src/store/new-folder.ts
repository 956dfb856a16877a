// A folder that appears whole or not at all: written beside its place, then moved there.
import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { naming } from "../disk/full-disk.js";
import { makeFolder } from "../disk/make-folder.js";
import { OslmError } from "../errors.js";
import { errnoOf, namesIn, peek, syncFolder } from "./files.js";

/** @param path absolute @throws OslmError folder-in-use, for anything there but an empty folder */
export async function checkNewFolder(path: string): Promise<void> {
  const stat = await peek(path);
  if (stat === undefined) return;
  if (!stat.isDirectory()) throw inUse(path, stat.isSymbolicLink() ? "is a link" : "is no folder");
  if ((await namesIn(path)).length > 0) throw inUse(path, "is not empty");
  // Whoever stands in it would stand in a folder that is gone.
  if (path === process.cwd()) throw inUse(path, "is the working directory");
}

/**
 * Writes all files into a new folder at `path`; folders above it are made.
 * @param files by safe relative paths
 * @throws OslmError folder-in-use, also when another program was faster
 */
export async function writeNewFolder(
  path: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<void> {
  await checkNewFolder(path);
  await makeFolder(dirname(path));
  await naming(path, () => fill(path, files));
  await syncFolder(dirname(path));
}

async function fill(path: string, files: Parameters<typeof writeNewFolder>[1]): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.oslm-${randomBytes(4).toString("hex")}`);
  await mkdir(draft);
  try {
    for (const file of files) await writeDurably(join(draft, file.path), file.text);
    await syncFolder(draft);
    // Windows moves nothing onto a folder, and only an empty one can be taken away.
    await rmdir(path).catch((error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
    });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const late = ["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(errnoOf(error) ?? "");
    throw late ? inUse(path, "was made by another program meanwhile") : error;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path));
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function inUse(path: string, reason: string): OslmError<"folder-in-use"> {
  return new OslmError("folder-in-use", { path, reason });
}
