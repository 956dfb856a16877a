// What the oslm.yaml of the working directory says besides its policy.
import { readProjectModels } from "../config/project-models.js";
import type { ModelRef } from "../model/ref.js";
import { readOslmYaml } from "./license/load-policy.js";
import type { Project } from "./world.js";

/**
 * Undefined where there is no file. @param paths of one project @param cwd for the name in messages
 * @param hub address of the Hub in use @throws OslmError bad-policy
 */
export async function loadProject(paths: readonly string[], cwd: string, hub: string): Promise<Project | undefined> {
  if (paths.length === 0) return undefined;
  const names: string[] = [];
  const lists: (readonly ModelRef[])[] = [];
  for (const path of paths) {
    const { document, source } = await readOslmYaml(path, cwd);
    const models = readProjectModels(document, source, hub);
    names.push(source.shown);
    if (models !== undefined) lists.push(models);
  }
  return { shown: names.join(" and "), models: lists.length === 0 ? undefined : lists.flat() };
}
