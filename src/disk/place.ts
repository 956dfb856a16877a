// A whole file gets its name.
import { link, lstat, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { OslmError } from "../errors.js";

/**
 * Moves `passing` to `target`, in the same folder, so that a power cut leaves the one or the other.
 * @param over replaces a file that is there; devices, pipes and folders never
 * @throws OslmError usage for what has come there meanwhile; `passing` is still there then
 */
export async function place(passing: string, target: string, { over }: { readonly over: boolean }): Promise<void> {
  if (!over && (await linked(passing, target))) await rm(passing, { force: true });
  else {
    const there = await lstat(target).catch(() => undefined);
    if (there !== undefined && !(over && there.isFile())) throw cameMeanwhile(target);
    await rename(passing, target);
  }
  const folder = await open(dirname(target), "r").catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/** A second name is never made over another file; false where the disk knows none. */
async function linked(passing: string, target: string): Promise<boolean> {
  try {
    await link(passing, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw cameMeanwhile(target);
    return false;
  }
}

function cameMeanwhile(target: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: `${target} is there already`,
    detail: "It came there while this was made; nothing was written over.",
    help: "name another file with -o",
  });
}
