// The file with the record of license acceptances. Nothing but this ever touches it, and it only adds lines.
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { CAREFUL } from "../disk/careful.js";
import { naming } from "../disk/full-disk.js";
import { makeFolder } from "../disk/make-folder.js";
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";

/** A record takes some 300 bytes: a hundred thousand acceptances are not a person's. */
const MAX_BYTES: Bytes = 32 * 1024 * 1024;

/** All of it; empty when there is none. @throws OslmError usage when something else is in its place */
export async function readLedgerFile(path: string): Promise<string> {
  const handle = await openOurs(path, constants.O_RDONLY).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  });
  if (handle === undefined) return "";
  try {
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/**
 * Adds a line, and returns when it is on the disk. One write: lines of processes that add at the same time do not mix.
 * After a line that a crash cut off, a new one is begun. @throws OslmError usage when something else is in its place
 */
export async function addToLedgerFile(path: string, line: string): Promise<void> {
  await naming(path, () => add(path, line));
}

async function add(path: string, line: string): Promise<void> {
  await makeFolder(dirname(path));
  const handle = await openOurs(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1, "\n");
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const bytes = Buffer.from(`${last.toString() === "\n" ? "" : "\n"}${line}\n`);
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten !== bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function openOurs(path: string, flags: number): Promise<FileHandle> {
  const handle = await open(path, flags | CAREFUL, 0o600).catch((error: unknown) => {
    if (isErrno(error, "ELOOP") || isErrno(error, "ENXIO") || isErrno(error, "EISDIR")) throw notOurs(path);
    throw error;
  });
  const stat = await handle.stat();
  if (stat.isFile() && stat.size <= MAX_BYTES) return handle;
  await handle.close();
  throw notOurs(path);
}

function notOurs(path: string): OslmError {
  return new OslmError("usage", {
    problem: `${path} is not oslm's record of license acceptances`,
    detail: "It is a link, no file at all, or far too large.",
    help: "move it away, or set OSLM_HOME to another folder",
  });
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
