// Model files in oslm's own folder: those that came from no Hub. One folder per model, called by the beginning of its
// first file's hash, and a record beside the files from which the index can be rebuilt.
import { randomBytes } from "node:crypto";
import { link, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import { unsafePathReason } from "../model/safe-path.js";
import type { Bytes, Sha256 } from "../model/types.js";
import { copyCheaply } from "./copy-cheaply.js";
import { ensureFolder, peek, syncFolder } from "./files.js";
import { RECORD_NAME } from "./own-record.js";

/** The folder of the model whose first file has this hash. */
export function ownFolder(data: string, sha256: Sha256): string {
  return join(data, sha256.slice(0, 16));
}

/** True for the name of such a folder. */
export function isOwnFolder(name: string): boolean {
  return /^[0-9a-f]{16}$/.test(name);
}

/** @throws OslmError unsafe-name for what cannot be a file's name everywhere, and for the record's own */
export function checkOwnName(name: string): void {
  const reason = name.includes("/") ? "holds a slash" : unsafePathReason(name);
  if (reason !== undefined) throw new OslmError("unsafe-name", { name, reason });
  if (name.toLowerCase() === RECORD_NAME) throw new OslmError("unsafe-name", { name, reason: "is taken by oslm" });
}

export type Placing = "copy" | "link";

/**
 * Puts a second name (`link`) or a copy of the file at `from` under a passing name in `data`, and gives that name. A copy
 * shares the blocks where the disk can do that. @throws OslmError disk-full, and usage where no link can be made
 */
export async function takeIn(from: string, size: Bytes, data: string, placing: Placing): Promise<string> {
  await ensureFolder(data, data);
  const passing = join(data, `.incoming-${randomBytes(8).toString("hex")}`);
  try {
    if (placing === "link") await linkOrExplain(from, passing);
    else await copyCheaply(from, passing, size);
    return passing;
  } catch (error) {
    await rm(passing, { force: true });
    throw error;
  }
}

async function linkOrExplain(from: string, to: string): Promise<void> {
  await link(from, to).catch((cause: unknown) => {
    throw new OslmError(
      "usage",
      {
        problem: `no hard link can be made to ${from}`,
        detail: "It lies on another disk, on one without links, or belongs to somebody else.",
        help: `oslm import ${quoted(from)} --copy`,
      },
      { cause },
    );
  });
}

/** Gives a verified file its final place; nothing happens when it has left `passing` already. */
export async function settle(passing: string, target: string, data: string): Promise<void> {
  if ((await peek(passing)) === undefined) return;
  await ensureFolder(data, dirname(target));
  checkOwnName(basename(target));
  await rename(passing, target);
  // Renaming one hard link onto another of the same file leaves both (POSIX).
  await rm(passing, { force: true });
  await syncFolder(dirname(target));
}
