// A folder, with those above it.
import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Another process may take away an empty folder before the next is made in it. */
const ATTEMPTS = 3;

/**
 * Makes the folder and what is missing above it, step by step: Node's own recursive mkdir never ends below /proc, where nothing can be
 * made and the system says that the folder above is not there.
 * @param mode of each folder that is made @throws the system's error, with the path of the folder that cannot be made
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      for (const folder of await missing(resolve(path))) await makeOne(folder, mode);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !hasCode(error, "ENOENT")) throw error;
    }
  }
}

/** The uppermost first. */
async function missing(path: string): Promise<string[]> {
  const folders: string[] = [];
  for (let at = path; !(await isFolder(at)); at = dirname(at)) {
    folders.unshift(at);
    if (at === dirname(at)) break;
  }
  return folders;
}

async function makeOne(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    // Made by somebody else meanwhile.
    if (!hasCode(error, "EEXIST") || !(await isFolder(path))) throw error;
  }
}

/** Links to folders are folders: people move their caches to other disks. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return false;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
