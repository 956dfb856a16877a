// Where an importance matrix lies that somebody named.
import { stat } from "node:fs/promises";
import { OslmError } from "../errors.js";
import { absolutePath } from "./local-model.js";
import type { World } from "./world.js";

/** @param given as it was written @throws OslmError file-not-found */
export async function imatrixPath(world: World, given: string | undefined): Promise<string | undefined> {
  if (given === undefined) return undefined;
  const path = absolutePath(world, given);
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? false;
  if (!isFile) throw new OslmError("file-not-found", { path });
  return path;
}
