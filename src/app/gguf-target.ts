// Where a file goes that oslm makes.
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import { absolutePath } from "./local-model.js";
import type { World } from "./world.js";

export interface TargetWish {
  /** A file or a folder; by default the folder that oslm runs in. */
  readonly output: string | undefined;
  /** Its name in a folder. */
  readonly own: string;
  readonly force: boolean;
  /** What makes it, for advice. */
  readonly command: string;
}

/** @throws OslmError usage for a file that is there, file-not-found for a folder that is not */
export async function ggufTarget(world: World, { output, own, force, command }: TargetWish): Promise<string> {
  const path = absolutePath(world, output ?? own);
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  const target = isFolder ? join(path, own) : path;
  if ((await stat(dirname(target)).catch(() => undefined))?.isDirectory() !== true) {
    throw new OslmError("file-not-found", { path: dirname(target) });
  }
  const there = await realpath(target).catch(() => undefined);
  if (there === undefined || force) return target;
  throw new OslmError("usage", {
    problem: `${target} is there already`,
    detail: "Nothing was written.",
    help: `${command} -o ${quoted(basename(target))} --force   (writes over it)`,
  });
}
