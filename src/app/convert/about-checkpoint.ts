// What a converted file will say of itself beside its architecture: the words of the folder's card, configuration and tokenizer.
import { readFrontMatter } from "../../config/front-matter.js";
import type { Folder } from "../../convert/folder.js";
import { type GeneralFacts, generalPairs } from "../../convert/general.js";
import type { PrepareOptions } from "../../convert/prepare.js";
import { isObject, type JsonObject, readJson } from "../../convert/read-json.js";
import { readVocabulary } from "../../convert/vocabulary/read-vocabulary.js";
import { decodeCard } from "../../hub/decode.js";
import type { ModelCard } from "../../model/types.js";
import type { World } from "../world.js";
import type { FoundCheckpoint } from "./find-checkpoint.js";

const GENERATION = "generation_config.json";

/** The model card in the folder; one that cannot be read says nothing. */
export async function cardIn({ folder }: Pick<FoundCheckpoint, "folder">): Promise<ModelCard> {
  return decodeCard("README.md", await matterIn(folder));
}

async function matterIn(folder: Folder): Promise<JsonObject> {
  const card = await folder.read("README.md");
  const matter = card === null ? undefined : readFrontMatter(new TextDecoder().decode(card));
  return isObject(matter) ? matter : {};
}

/** Of hostile text, what is short and not many. */
function wordsIn(...values: readonly unknown[]): readonly string[] {
  const words = values.flat().filter((one): one is string => typeof one === "string" && one !== "");
  return [...new Set(words.filter(({ length }) => length <= MAX_WORD))].slice(0, MAX_WORDS);
}

const MAX_WORD = 100;
const MAX_WORDS = 200;

/** What it says. */
export async function generalFacts(
  { endpoint }: Pick<World, "endpoint">,
  found: Omit<FoundCheckpoint, "path">,
): Promise<GeneralFacts> {
  const { name, source } = found;
  const matter = await matterIn(found.folder);
  const said = decodeCard("README.md", matter);
  return {
    name,
    // As llama.cpp's converter joins them; `oslm license` takes them apart again.
    ...(said.license.length > 0 && { license: said.license.join(",") }),
    ...(said.licenseName !== undefined && { licenseName: said.licenseName }),
    ...(said.licenseLink !== undefined && { licenseLink: said.licenseLink }),
    tags: wordsIn(matter.tags, matter.pipeline_tag),
    languages: wordsIn(matter.language),
    baseModels: said.baseModels,
    ...(source && { source: { url: `${endpoint}/${source.repo}`, commit: source.commit } }),
  };
}

/** For the converter. @throws OslmError malformed-checkpoint */
export async function aboutCheckpoint(folder: Folder, facts: GeneralFacts): Promise<PrepareOptions> {
  const generation = await folder.read(GENERATION);
  return {
    general: generalPairs(facts, generation === null ? {} : readJson(GENERATION, generation)),
    vocabulary: (own, _, leaveOut) => readVocabulary((name) => own.read(name), undefined, leaveOut),
  };
}
