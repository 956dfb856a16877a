// A file of which only the header is there, for what reads files only: it takes no more room than its header, whatever its size.
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passingFile } from "../../disk/passing-file.js";
import type { WrittenHeader } from "../../gguf/write-header.js";

/** Gone when `use` has ended, however it did. */
export async function withHollowFile<T>(header: WrittenHeader, use: (path: string) => Promise<T>): Promise<T> {
  const { path, file } = await passingFile(join(tmpdir(), "oslm-plan.gguf"), 0o600);
  try {
    try {
      await file.writeFile(header.bytes);
      await file.truncate(header.fileSize);
    } finally {
      await file.close();
    }
    return await use(path);
  } finally {
    await rm(path, { force: true });
  }
}
