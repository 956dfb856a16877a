// What the model card in the folder of a checkpoint or an adapter says.
import type { GeneralFacts } from "../convert/general.js";
import { isObject } from "../convert/read-json.js";
import type { ModelCard } from "../model/types.js";
import type { FoundCheckpoint } from "./find-checkpoint.js";
import type { World } from "./world.js";

/** A card that cannot be read says nothing. */
export async function cardIn({ folder }: Pick<FoundCheckpoint, "folder">): Promise<ModelCard> {
  const { readFrontMatter } = await import("../config/front-matter.js");
  const { decodeCard } = await import("../hub/decode.js");
  const card = await folder.read("README.md");
  const matter = card === null ? undefined : readFrontMatter(new TextDecoder().decode(card));
  return isObject(matter) ? decodeCard("README.md", matter) : { license: [], baseModels: [] };
}

export async function factsOf(world: World, found: FoundCheckpoint): Promise<GeneralFacts> {
  const { name, source } = found;
  const said = await cardIn(found);
  return {
    name,
    ...(said.license[0] !== undefined && { license: said.license[0] }),
    ...(said.licenseName !== undefined && { licenseName: said.licenseName }),
    ...(said.licenseLink !== undefined && { licenseLink: said.licenseLink }),
    baseModels: said.baseModels,
    ...(source && { source: { url: `${world.endpoint}/${source.repo}`, commit: source.commit } }),
  };
}
