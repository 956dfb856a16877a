// What changed about the license of a stored model: between what its pull has seen and what is on the Hub now.
import { isOslmError } from "../errors.js";
import type { ModelEvidence } from "../license/evidence.js";
import { isRepoId, type RepoSnapshot, type StoredModel } from "../model/types.js";
import { acceptancesOf } from "./acceptances.js";
import { judgeEvidence } from "./judge-repo.js";
import { keptEvidence } from "./kept-evidence.js";
import { lookForEvidence } from "./license-evidence.js";
import { judgeWithOffers } from "./license-offers.js";
import type { FactChange } from "./model-changes.js";
import type { World } from "./world.js";

/** Both verdicts are of today's policy and of what is accepted today. @throws OslmError bad-policy, network and the like */
export async function licenseChanges(
  world: World,
  model: Pick<StoredModel, "license"> & { readonly repo: string; readonly commit: string },
  snapshot: RepoSnapshot,
): Promise<readonly FactChange[]> {
  const before = await evidenceThen(world, model);
  const expectedLicense = before?.expected;
  const now = await lookForEvidence(world, { snapshot, expectedLicense });
  const verdict = await verdictOn(world, now);
  // Of what nothing is kept and nothing is to be found any more only the record tells.
  if (before === undefined) return changed("license", model.license.id, verdict.id);
  const earlier = await verdictOn(world, before);
  return [
    ...changed("license", earlier.declared, verdict.declared),
    ...changedTexts(before, now),
    ...changed("gate", gateOf(before), gateOf(now)),
    ...changed("base-models", basesOf(before), basesOf(now)),
    ...changed("verdict", `${earlier.id}: ${earlier.decision}`, `${verdict.id}: ${verdict.decision}`),
  ];
}

/** What the pull has seen, or else what is to be seen at that commit today. */
async function evidenceThen(
  world: World,
  { repo, commit }: { readonly repo: string; readonly commit: string },
): Promise<ModelEvidence | undefined> {
  const kept = await keptEvidence(world, { repo, commit });
  if (kept !== undefined || !isRepoId(repo)) return kept;
  try {
    const snapshot = await (await world.hub()).snapshot(repo, commit, world.signal);
    return await lookForEvidence(world, { snapshot, expectedLicense: undefined });
  } catch (error) {
    if (isOslmError(error, "repo-not-found") || isOslmError(error, "revision-not-found")) return undefined;
    throw error;
  }
}

async function verdictOn(world: World, evidence: ModelEvidence) {
  const { subject, judge } = judgeEvidence(evidence, world, await world.policy());
  return judgeWithOffers({ offers: [], acceptances: acceptancesOf(world, subject), judge });
}

function changedTexts(before: ModelEvidence, now: ModelEvidence): readonly FactChange[] {
  const hashes = ({ texts }: ModelEvidence) => new Map(texts.map(({ path, sha256 }) => [path, sha256 ?? "unread"]));
  const [then, today] = [hashes(before), hashes(now)];
  return [...new Set([...then.keys(), ...today.keys()])].flatMap((path) =>
    changed("license-text", then.get(path) ?? null, today.get(path) ?? null, path),
  );
}

function gateOf({ gated }: ModelEvidence): string | null {
  return gated === false ? null : gated;
}

function basesOf({ card }: ModelEvidence): string | null {
  return card.baseModels.length === 0 ? null : [...card.baseModels].sort().join(", ");
}

function changed(
  what: FactChange["what"],
  before: string | null,
  now: string | null,
  path: string | null = null,
): readonly FactChange[] {
  return before === now ? [] : [{ what, path, before, now }];
}
