// The file that keeps the token between runs, where `hf` and other tools read it too.
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { naming } from "../disk/full-disk.js";
import { makeFolder } from "../disk/make-folder.js";

/**
 * Writes the token so that nobody else on this machine can read it, and whole or not at all: 0600, in a folder that is
 * 0700 where it has to be made (as huggingface_hub does). Throws the system's errors.
 */
export async function writeToken(path: string, token: string): Promise<void> {
  await makeFolder(dirname(path), 0o700);
  const draft = `${path}.oslm-${randomBytes(6).toString("hex")}`;
  try {
    // "wx": neither a file that is there nor a link is written through.
    const file = await open(draft, "wx", 0o600);
    try {
      await naming(path, () => file.writeFile(token));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Removes it; false when there was none. Throws the system's errors. */
export async function removeToken(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
