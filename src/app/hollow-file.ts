// A file of which only the header is there, for what reads files only: it takes no more room than its header, whatever its size.
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WrittenHeader } from "../gguf/write-header.js";

/** Gone when `use` has ended, however it did. */
export async function withHollowFile<T>(header: WrittenHeader, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "oslm-plan-"));
  try {
    const path = join(folder, "hollow.gguf");
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(header.bytes);
      await file.truncate(header.fileSize);
    } finally {
      await file.close();
    }
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
