// The model card of a repository: README.md as it stands there.
import { readSmallText } from "../hub/small-text.js";
import type { Bytes } from "../model/types.js";
import { keptText } from "./kept-evidence.js";
import type { World } from "./world.js";

export const CARD = "README.md";
/** The longest real ones have some 100 kB, most of it benchmarks. */
export const MAX_CARD: Bytes = 1024 * 1024;

/**
 * Hostile text of at most a megabyte: from what was kept of that commit, else by one request.
 * @param revision a commit, or a branch or tag where none is known
 * @throws OslmError file-not-in-repo, gated, repo-not-found, malformed-reply when too long, and what the Hub's calls throw
 */
export async function readCard(
  world: World,
  { repo, commit: revision }: { readonly repo: string; readonly commit: string },
): Promise<string> {
  const file = { repo, commit: revision, path: CARD };
  const kept = await keptText(world, file);
  if (kept?.text !== undefined && kept.text !== null) return kept.text;
  return readSmallText(await world.hub(), file, MAX_CARD, world.signal, "refuse");
}
