// The license text in another repository that the card links to: read there when no base model brings it along.
import { readRepoCard } from "../../hub/repo-card.js";
import type { LicenseFile } from "../../license/evidence.js";
import { fileElsewhere } from "../../license/license-link.js";
import { isReadable } from "../../license/text-files.js";
import type { ModelCard } from "../../model/types.js";
import type { World } from "../world.js";
import { isOneOf, type Purse, readTexts } from "./read-texts.js";

/** To learn the commit, and for the text. */
const REQUESTS = 2;

/** Empty where the link leads elsewhere, or costs too much: then it is a doubt. @throws OslmError network and the like */
export async function linkedElsewhere(
  world: World,
  { repo, card }: { readonly repo: string; readonly card: ModelCard },
  purse: Purse,
): Promise<readonly LicenseFile[]> {
  const file = fileElsewhere(card.licenseLink, repo);
  if (file === undefined || !isReadable(file.path) || purse.left < REQUESTS) return [];
  if (card.baseModels.some((base) => base.toLowerCase() === file.repo.toLowerCase())) return [];
  purse.left -= REQUESTS;
  try {
    const { repo: name, commit, files } = await readRepoCard(await world.hub(), file.repo, world.signal);
    // A renamed repository is another place than the card names.
    if (name !== file.repo || !files.includes(file.path)) return [];
    const wanted = [{ path: file.path, kind: "text", isOnlyLinked: true } as const];
    const texts = await readTexts(world, { repo: name, commit }, { wanted });
    return texts.map((text) => ({ ...text, from: { repo: name, commit } }));
  } catch (error) {
    const isGone = [
      "repo-not-found",
      "revision-not-found",
      "forbidden",
      "gated",
      "malformed-reply",
      "hub-failed",
    ] as const;
    if (isOneOf(error, isGone)) return [];
    throw error;
  }
}
