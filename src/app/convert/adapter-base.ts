// What an adapter says that it adapts: PEFT writes it into adapter_config.json, whatever the card says.

import { readSmallText } from "../../hub/small-text.js";
import { parseObject } from "../../model/parse-object.js";
import { type Bytes, isRepoId, type ModelCard } from "../../model/types.js";
import { isOneOf, type ListedRepo, type Purse } from "../license/read-texts.js";
import type { World } from "../world.js";

const CONFIG = "adapter_config.json";
/** Real ones have one or two. */
const MAX_CONFIG: Bytes = 64 * 1024;

export interface Adapted {
  readonly card: ModelCard;
  /** The file, where it could not be read or makes no sense. */
  readonly unread: readonly string[];
}

/** The card with that base model too. A folder of the author's own disk counts only where the card names nothing. */
export async function withAdapterBase(
  world: World,
  { repo, commit, card, files }: ListedRepo & { readonly commit: string },
  purse: Purse,
): Promise<Adapted> {
  if (!files.includes(CONFIG)) return { card, unread: [] };
  // Taken before anything is waited for: which request answers first must not matter.
  if (purse.left <= 0) return { card, unread: card.baseModels.length > 0 ? [] : [CONFIG] };
  purse.left--;
  const base = await readBase(world, repo, commit);
  if (base === undefined) return { card, unread: [CONFIG] };
  const isNews = !card.baseModels.some((name) => name.toLowerCase() === base.toLowerCase());
  if (!isNews || (!isRepoId(base) && card.baseModels.length > 0)) return { card, unread: [] };
  return { card: { baseRelation: "adapter", ...card, baseModels: [...card.baseModels, base] }, unread: [] };
}

async function readBase(world: World, repo: string, commit: string): Promise<string | undefined> {
  try {
    const text = await readSmallText(await world.hub(), { repo, commit, path: CONFIG }, MAX_CONFIG, world.signal);
    const base = parseObject(text)?.base_model_name_or_path;
    return typeof base === "string" && base !== "" ? base : undefined;
  } catch (error) {
    if (isOneOf(error, ["gated", "forbidden", "file-not-in-repo", "malformed-reply", "hub-failed"])) return undefined;
    throw error;
  }
}
