// A small text file of another program.
import { readFile, stat } from "node:fs/promises";

/** Manifests and settings have some kilobytes; what is larger is something else. */
const MAX_BYTES = 1024 * 1024;

/** Its text; undefined when it is missing, unreadable, no file or too large. */
export async function readSmall(path: string): Promise<string | undefined> {
  try {
    const info = await stat(path);
    return info.isFile() && info.size <= MAX_BYTES ? await readFile(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
