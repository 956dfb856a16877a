// Folders of the user's that oslm was to write a model into: what a killed process has left there is found again. No others are looked at.
import { isAbsolute, join } from "node:path";
import { leftIn } from "../disk/passing-file.js";
import { parseObject } from "../model/parse-object.js";
import { item, type Prunable } from "./prunable.js";
import { SmallFile } from "./small-file.js";

/** The latest; of earlier ones the next result there clears what was left. */
const MOST = 100;
const MAX_BYTES = 1024 * 1024;

const fileIn = (state: string) => new SmallFile(join(state, "result-folders.json"), MAX_BYTES);

/** Called before anything is written there. @param folder absolute */
export async function noteResultFolder(state: string, folder: string): Promise<void> {
  const noted = await resultFolders(state);
  if (noted.at(-1) === folder) return;
  const folders = [...noted.filter((other) => other !== folder), folder].slice(-MOST);
  await fileIn(state).replace(`${JSON.stringify({ folders })}\n`);
}

/** The latest last; none of a list that makes no sense. */
export async function resultFolders(state: string): Promise<readonly string[]> {
  const { folders } = parseObject(await fileIn(state).read()) ?? {};
  return Array.isArray(folders)
    ? folders.filter((one): one is string => typeof one === "string" && isAbsolute(one))
    : [];
}

/** Files without a writer that were to become results, in one of these folders. */
export async function prunableResults(folder: string): Promise<readonly Prunable[]> {
  return Promise.all((await leftIn(folder)).map((path) => item("unfinished", path)));
}
