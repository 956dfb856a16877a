// What the oslm.yaml of the working directory says besides its policy.
import { readProjectModels } from "../config/project-models.js";
import { readOslmYaml } from "./load-policy.js";
import type { Project } from "./world.js";

/** @param cwd for the name in messages @param hub address of the Hub in use @throws OslmError bad-policy */
export async function loadProject(path: string | undefined, cwd: string, hub: string): Promise<Project | undefined> {
  if (path === undefined) return undefined;
  const { document, source } = await readOslmYaml(path, cwd);
  return { shown: source.shown, models: readProjectModels(document, source, hub) };
}
