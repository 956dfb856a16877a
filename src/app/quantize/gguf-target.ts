// Where a file goes that oslm makes: the one place that decides it, before any work is done.
import type { Stats } from "node:fs";
import { realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { passingFile } from "../../disk/passing-file.js";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import { errnoOf, isAbsent, peek } from "../../store/files.js";
import { noteResultFolder } from "../../store/result-folders.js";
import { absolutePath } from "../run/local-model.js";
import type { World } from "../world.js";
import { checkNotRead } from "./check-not-read.js";

export interface TargetWish {
  /** A file or a folder, as it was written; by default the folder that oslm runs in. */
  readonly output: string | undefined;
  /** Its name in a folder. */
  readonly own: string;
  /** A file that is there may be replaced. */
  readonly force: boolean;
  /** What makes it, without `-o`; for advice. */
  readonly command: string;
  /** Files and folders of which nothing may be replaced (`checkNotRead`). */
  readonly reads: readonly string[];
}

/** @throws OslmError usage where it must not go or cannot be written */
export async function ggufTarget(world: World, wish: TargetWish): Promise<string> {
  const { reads, force, command, output } = wish;
  if (output === "-") {
    const problem = "a model does not go to stdout";
    const detail = "It is looked at as a whole before it gets its name; stdout has its path.";
    throw new OslmError("usage", { problem, detail, help: `${command} -o ${quoted(wish.own)}` });
  }
  const target = await resultPath(world, wish);
  const folder = dirname(target);
  const above = await look(folder);
  if (above === undefined) throw noFolder(folder, output ?? folder);
  if (!above.isDirectory()) throw refused(target, `${folder} is no folder.`);
  const there = await look(target);
  if (there === undefined && (await peek(target)) !== undefined)
    throw refused(target, "It is a link that leads nowhere.");
  if (there !== undefined && !there.isFile()) throw refused(target, "There is something that is no file.");
  await checkNotRead(target, reads);
  if (there !== undefined && !force) {
    throw new OslmError("usage", {
      problem: `${target} is there already`,
      detail: "Nothing is written over unless you say so.",
      help: `${command}${output === undefined ? "" : ` -o ${quoted(output)}`} --force`,
    });
  }
  // A link stays one; what it leads to is replaced.
  const real = there === undefined ? target : await realpath(target);
  await tryWriting(real);
  // Where that fails, `prune` alone knows less.
  await noteResultFolder((await world.store()).state, dirname(real)).catch(() => {});
  return real;
}

/** Where the result goes if nothing speaks against it. */
export async function resultPath(world: World, { output, own }: Pick<TargetWish, "output" | "own">): Promise<string> {
  const path = absolutePath(world, output ?? own);
  const isFolder = (await look(path))?.isDirectory() ?? false;
  return isFolder || /[\\/]$/.test(output ?? "") ? join(path, own) : path;
}

/** What a path leads to. */
async function look(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw refused(path, `The system says ${errnoOf(error)}.`);
  }
}

async function tryWriting(target: string): Promise<void> {
  try {
    const { path, file } = await passingFile(target);
    await file.close();
    await rm(path);
  } catch (error) {
    throw refused(target, `The system says ${errnoOf(error)}.`);
  }
}

function noFolder(folder: string, written: string): OslmError<"usage"> {
  const shown = /[\\/]$/.test(written) ? written.replace(/[\\/]+$/, "") : dirname(written);
  return new OslmError("usage", {
    problem: `there is no folder ${folder}`,
    detail: "Nothing was written.",
    help: `mkdir -p ${quoted(shown)}`,
  });
}

function refused(target: string, detail: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: `${target} cannot be written`,
    detail,
    help: "name a file in a folder where you may write, with -o",
  });
}
