// Where an importance matrix lies that somebody named.
import { stat } from "node:fs/promises";
import { noFile } from "../../store/no-file.js";
import { absolutePath } from "../run/local-model.js";
import type { World } from "../world.js";

const LOOK = "ls   (is it in another folder?)";

/** @param given as it was written @throws OslmError file-not-found */
export async function imatrixPath(world: World, given: string | undefined): Promise<string | undefined> {
  if (given === undefined) return undefined;
  const path = absolutePath(world, given);
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? false;
  if (!isFile) throw await noFile(path, { instead: LOOK });
  return path;
}
