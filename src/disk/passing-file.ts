// A file as it is written: beside its place, under a name that tells whose it is. Names are made here, and recognized here.
import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, lstat, open, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fateOf, thisProcess } from "./running-process.js";

export interface PassingFile {
  readonly path: string;
  readonly file: FileHandle;
}

/** The machine and container, process number and start (0 where it is not known) of the one who writes it. */
const NAME = /^\..{1,60}\.oslm-([0-9a-f]{8})-(\d{1,10})-(\d{1,20})-[0-9a-f]{8}\.partial$/s;
/** One to whom nothing was added for so long has no writer any more, wherever that was. */
const DEAD_MS = 24 * 60 * 60 * 1000;

/**
 * An empty file beside `target`, to be placed there once it is whole (`place`). What killed processes have left in that folder goes.
 * @throws the system's error where no file can be made
 */
export async function passingFile(target: string, mode = 0o666): Promise<PassingFile> {
  await clearLeft(dirname(target));
  const { pid, start } = thisProcess();
  const hex = randomBytes(4).toString("hex");
  // With a name of any length there is room for the rest.
  const name = `.${basename(target).slice(0, 60)}.oslm-${hereabouts()}-${pid}-${start ?? 0}-${hex}.partial`;
  const path = join(dirname(target), name);
  // Not over a file that is there, and through no link.
  return { path, file: await open(path, "wx+", mode) };
}

/** True for the name, without its folder, of such a file. */
export function isPassingName(name: string): boolean {
  return NAME.test(name);
}

/** Such files in a folder that have no writer any more: absolute paths. None where nobody may look. */
export async function leftIn(folder: string): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const [, where, pid, start] = NAME.exec(name) ?? [];
    if (where === undefined) continue;
    const path = join(folder, name);
    const seen = await lstat(path).catch(() => undefined);
    if (seen === undefined) continue;
    const writer = { ...thisProcess(), pid: Number(pid), start: start === "0" ? null : (start ?? null) };
    const isGone = where === hereabouts() && fateOf(writer) === "gone";
    if (isGone || Date.now() - seen.mtimeMs > DEAD_MS) left.push(path);
  }
  return left;
}

async function clearLeft(folder: string): Promise<void> {
  // Whoever may not look there may write there all the same.
  for (const path of await leftIn(folder)) await rm(path, { force: true }).catch(() => {});
}

/** Where process numbers mean the same. */
function hereabouts(): string {
  const { host, boot, namespace } = thisProcess();
  return createHash("sha256").update(`${host}\n${boot}\n${namespace}`).digest("hex").slice(0, 8);
}
