// A small private file of oslm's own, such as a list of measurements: whatever stands in its place, it is neither followed nor believed.

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { CAREFUL } from "../disk/careful.js";
import { naming } from "../disk/full-disk.js";
import type { Bytes } from "../model/types.js";
import { ensureFolder, errnoOf, isAbsent, writeAtomic } from "./files.js";

/** What the system says of a link, a socket or pipe, and a folder in the file's place. */
const NO_FILE: readonly unknown[] = ["ELOOP", "ENXIO", "EISDIR"];
const PRIVATE = 0o600;

export class SmallFile {
  constructor(
    readonly path: string,
    private readonly maxBytes: Bytes,
  ) {}

  /**
   * Its text; empty when there is none, and for what cannot be it: a link, no file at all, more than the bound. The next writing replaces
   * that. Throws the system's errors.
   */
  async read(): Promise<string> {
    const handle = await this.#open(constants.O_RDONLY);
    if (handle === undefined) return "";
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  /** Writes it whole or not at all, and makes its folder. A link in its place is replaced. Throws the system's errors. */
  async replace(text: string): Promise<void> {
    await this.#makeFolder();
    await writeAtomic(this.path, text, PRIVATE);
  }

  /** Adds a line, in one write: those of other processes do not mix. A file that would grow beyond the bound is begun anew. */
  async append(line: string): Promise<void> {
    await this.#makeFolder();
    const bytes = Buffer.from(`${line}\n`);
    const handle = await this.#open(constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
    try {
      const { size } = (await handle?.stat()) ?? { size: this.maxBytes };
      if (handle !== undefined && size + bytes.length <= this.maxBytes)
        await naming(this.path, () => handle.write(bytes));
      else await writeAtomic(this.path, bytes.toString(), PRIVATE);
    } finally {
      await handle?.close();
    }
  }

  /** Undefined where there is none, or it cannot be ours. */
  async #open(flags: number): Promise<FileHandle | undefined> {
    try {
      const handle = await open(this.path, flags | CAREFUL, PRIVATE);
      const stat = await handle.stat();
      if (stat.isFile() && stat.size <= this.maxBytes) return handle;
      await handle.close();
    } catch (error) {
      if (!isAbsent(error) && !NO_FILE.includes(errnoOf(error))) throw error;
    }
    return undefined;
  }

  async #makeFolder(): Promise<void> {
    const folder = dirname(this.path);
    await ensureFolder(folder, folder);
  }
}
