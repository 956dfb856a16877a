// What a repository says of its license today, with the header of the model's file that is here.
import { isOslmError } from "../../errors.js";
import type { ModelEvidence } from "../../license/evidence.js";
import { isRepoId, originOf, type StoredModel } from "../../model/types.js";
import type { ResolvedRepo } from "../pull/resolve.js";
import type { World } from "../world.js";
import { withHeader } from "./header-evidence.js";
import { headerOnDisk } from "./header-on-disk.js";
import { keepEvidence, keptEvidence } from "./kept-evidence.js";
import { lookForEvidence } from "./license-evidence.js";

/** Gathered, and kept where the disk allows it. @throws OslmError network and the like */
export async function evidenceNow(
  world: World,
  { snapshot, expectedLicense }: Pick<ResolvedRepo, "snapshot" | "expectedLicense">,
  stored: StoredModel | undefined,
): Promise<ModelEvidence> {
  const seen = await lookForEvidence(world, {
    snapshot,
    expectedLicense,
    kept: stored?.files.map(({ path }) => path) ?? [],
  });
  // Whoever only asks needs no disk.
  await keepEvidence(world, seen).catch(() => undefined);
  const isTheirs = stored !== undefined && stored.converted === undefined;
  const header = isTheirs && seen.headers === undefined ? await headerOnDisk(stored) : undefined;
  return header === undefined ? seen : withHeader(world, seen, header.file, header.general);
}

/** The same for a stored model of which nothing is kept; where the Hub does not answer, nothing stays known. */
export async function lookOnce(world: World, stored: StoredModel): Promise<void> {
  const { repo, commit } = originOf(stored) ?? {};
  if (world.offline || repo === undefined || commit === undefined || !isRepoId(repo)) return;
  if ((await keptEvidence(world, { repo, commit })) !== undefined) return;
  try {
    const snapshot = await (await world.hub()).snapshot(repo, commit, world.signal);
    await evidenceNow(world, { snapshot, expectedLicense: undefined }, stored);
  } catch (error) {
    if (!isOslmError(error) || world.signal.aborted) throw error;
  }
}
