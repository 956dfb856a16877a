// The model card of a repository: README.md as it stands there.

import { isOslmError, OslmError } from "../../errors.js";
import { readSmallText } from "../../hub/small-text.js";
import { type Bytes, isCommitSha } from "../../model/types.js";
import { readInCache } from "../../store/read-in-cache.js";
import { keptText } from "../license/kept-evidence.js";
import type { World } from "../world.js";

export const CARD = "README.md";
/** The longest real ones have some 100 kB, most of it benchmarks. */
const MAX_CARD: Bytes = 1_000_000;

interface Place {
  readonly repo: string;
  /** Or a branch or tag, where no commit is known. */
  readonly commit: string;
}

/**
 * Hostile text of at most a megabyte: from the disk where it is there, else by one request.
 * @throws OslmError file-not-in-repo, gated, repo-not-found, card-too-large, and what the Hub's calls throw
 */
export async function readCard(world: World, place: Place): Promise<string> {
  const kept = await keptCard(world, place);
  if (kept !== undefined) return kept;
  try {
    return await readSmallText(await world.hub(), { ...place, path: CARD }, MAX_CARD, world.signal, "refuse");
  } catch (error) {
    if (!isOslmError(error, "malformed-reply") || error.facts.limit === undefined) throw error;
    const { repo } = place;
    throw new OslmError("card-too-large", { repo, limit: MAX_CARD, url: cardUrl(world, place) }, { cause: error });
  }
}

/** Where a person can read it. */
export function cardUrl({ endpoint }: Pick<World, "endpoint">, { repo, commit }: Place): string {
  return `${endpoint}/${repo}/blob/${commit}/${CARD}`;
}

/** What oslm or another program has read at that commit; undefined when there is none. */
export async function keptCard(world: World, { repo, commit }: Place): Promise<string | undefined> {
  if (!isCommitSha(commit)) return undefined;
  const kept = await keptText(world, { repo, commit, path: CARD });
  if (kept?.text) return kept.text;
  return readInCache((await world.store()).layout(repo), { commit, path: CARD }, MAX_CARD);
}
