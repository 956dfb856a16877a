// The name of a file while it is written. It tells whose it is, so that the next one finds what a process left that was killed.
import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** Beside the file, and cleared of what processes of this machine have left there that are no more. */
export async function partialOf(path: string): Promise<string> {
  const folder = dirname(path);
  const begin = `.${basename(path)}.`;
  const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 4);
  for (const name of await readdir(folder).catch(() => [])) {
    const [, other, pid = ""] = /^([0-9a-f]{4})([0-9a-f]{8})\.partial$/.exec(name.slice(begin.length)) ?? [];
    if (!name.startsWith(begin) || other !== host || isOthers(Number.parseInt(pid, 16))) continue;
    await rm(join(folder, name), { force: true });
  }
  return join(folder, `${begin}${host}${process.pid.toString(16).padStart(8, "0")}.partial`);
}

/** Of another process that lives. In containers the dead often had the number that this one has. */
function isOthers(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
