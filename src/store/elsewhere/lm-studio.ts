// Where LM Studio keeps its models: below its home, or where its settings say.
import { isAbsolute, join } from "node:path";
import type { Elsewhere } from "../../config/elsewhere.js";
import { readSmall } from "./read-small.js";

/**
 * The folders that may hold `publisher/repository/file.gguf`; not all of them need exist. The home is named by a pointer
 * file, the folder by `downloadsFolder` in its settings.json (lmstudio-bug-tracker, issues 553, 1601).
 */
export async function lmStudioFolders({ pointer, homes }: Elsewhere["lmStudio"]): Promise<readonly string[]> {
  const moved = (await readSmall(pointer))?.trim();
  const folders: string[] = [];
  for (const home of moved !== undefined && isAbsolute(moved) ? [moved, ...homes] : homes) {
    const chosen = downloadsFolder((await readSmall(join(home, "settings.json"))) ?? "");
    if (chosen !== undefined) folders.push(chosen);
    folders.push(join(home, "models"));
  }
  return [...new Set(folders)];
}

function downloadsFolder(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const folder = typeof value === "object" && value !== null && "downloadsFolder" in value && value.downloadsFolder;
    return typeof folder === "string" && isAbsolute(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}
