// The model card of a model: of a stored one at the commit that was pulled, and without a request where it is here.
import { isOslmError, OslmError } from "../../errors.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import { originOf } from "../../model/types.js";
import { type RemoteRef, target } from "../pull/resolve.js";
import { findStored } from "../stored/find-stored.js";
import type { World } from "../world.js";
import { CARD, cardUrl, keptCard, readCard } from "./read-card.js";

/** The JSON shape of `oslm card`, but for what is made of the text. */
export interface ModelCardText {
  readonly name: string;
  readonly repo: string;
  /** The commit of a stored model; else the branch, tag or commit that was asked for. */
  readonly revision: string;
  readonly source: "disk" | "hub";
  /** Where a person can read it. */
  readonly url: string;
  /** The whole README.md: hostile text. */
  readonly text: string;
}

/** One request for each, in the order of the catalog. */
const MOST_REPOS = 3;

/** @throws OslmError usage for what has no card, offline, unknown-model, and as `readCard` does */
export async function modelCard(world: World, ref: ModelRef): Promise<ModelCardText> {
  const [stored] = ref.kind === "catalog" || ref.kind === "hub" ? await findStored(world, ref) : [];
  const origin = stored && originOf(stored);
  const name = formatRef(ref);
  if (origin !== undefined) {
    const file = { repo: origin.repo, commit: origin.commit };
    const told = { name: stored?.name ?? name, repo: origin.repo, revision: origin.commit };
    const url = cardUrl(world, file);
    const kept = await keptCard(world, file);
    if (kept !== undefined) return { ...told, source: "disk", url, text: kept };
    refuseOffline(world, name);
    const text = await readCard(world, file);
    // For the next time, which may be offline; a folder that cannot be written must not stop anybody from reading.
    const keep = async () => (await world.evidence()).write({ ...file, path: CARD }, text);
    await keep().catch(() => undefined);
    return { ...told, source: "hub", url, text };
  }
  if (ref.kind !== "catalog" && ref.kind !== "hub") {
    throw new OslmError("usage", {
      problem: `${name} comes without a model card`,
      detail: "Repositories on the Hub have one, and models that were pulled from there.",
      help: "oslm card org/name",
    });
  }
  refuseOffline(world, name);
  return firstCard(world, ref, name);
}

async function firstCard(world: World, ref: RemoteRef, name: string): Promise<ModelCardText> {
  const { repos, revision = "main" } = target(ref);
  let missing: unknown;
  for (const repo of repos.slice(0, MOST_REPOS)) {
    try {
      const text = await readCard(world, { repo, commit: revision });
      const url = cardUrl(world, { repo, commit: revision });
      return { name, repo, revision, source: "hub", url, text };
    } catch (error) {
      if (!isOslmError(error, "repo-not-found")) throw error;
      missing ??= error;
    }
  }
  throw missing;
}

function refuseOffline({ offline }: World, name: string): void {
  if (offline) throw new OslmError("offline", { wanted: `the model card of ${name}` });
}
