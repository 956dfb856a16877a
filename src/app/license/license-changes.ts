// What changed about the license of a stored model: between what its pull has seen and what is on the Hub now.
import { isOslmError } from "../../errors.js";
import type { FileHeader, ModelEvidence } from "../../license/evidence.js";
import { placedTexts } from "../../license/license-texts.js";
import { isRepoId, type RepoSnapshot, type StoredModel } from "../../model/types.js";
import type { FactChange } from "../stored/model-changes.js";
import type { World } from "../world.js";
import { acceptancesOf } from "./acceptances.js";
import { addHeader } from "./header-evidence.js";
import { judgeEvidence } from "./judge-repo.js";
import { keptEvidence } from "./kept-evidence.js";
import { lookForEvidence } from "./license-evidence.js";
import { judgeWithOffers } from "./license-offers.js";

interface Stored extends Pick<StoredModel, "license" | "files"> {
  readonly repo: string;
  readonly commit: string;
}

/** Both verdicts are of today's policy and of what is accepted today. @throws OslmError bad-policy, network and the like */
export async function licenseChanges(
  world: World,
  model: Stored,
  snapshot: RepoSnapshot,
): Promise<readonly FactChange[]> {
  const before = await evidenceThen(world, model);
  const expectedLicense = before?.expected;
  const found = await lookForEvidence(world, { snapshot, expectedLicense });
  const files = { stored: model.files, listed: snapshot.files };
  const now = await withSameHeaders(world, found, before?.headers ?? [], files);
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
async function evidenceThen(world: World, { repo, commit, files }: Stored): Promise<ModelEvidence | undefined> {
  const kept = await keptEvidence(
    world,
    { repo, commit },
    files.map(({ path }) => path),
  );
  if (kept !== undefined || !isRepoId(repo)) return kept;
  try {
    const snapshot = await (await world.hub()).snapshot(repo, commit, world.signal);
    return await lookForEvidence(world, { snapshot, expectedLicense: undefined });
  } catch (error) {
    if (isOslmError(error, "repo-not-found") || isOslmError(error, "revision-not-found")) return undefined;
    throw error;
  }
}

/** A stored file that is on the Hub as it was has the header that was read of it: nobody reads it again. */
async function withSameHeaders(
  world: World,
  now: ModelEvidence,
  headers: readonly FileHeader[],
  { stored, listed }: { readonly stored: Stored["files"]; readonly listed: RepoSnapshot["files"] },
): Promise<ModelEvidence> {
  const same = headers.filter(({ file }) => {
    const sha256 = stored.find(({ path }) => path === file)?.sha256;
    return sha256 !== undefined && listed.some((one) => one.sha256 === sha256);
  });
  let evidence = now;
  for (const header of same) evidence = (await addHeader(world, evidence, header)).told;
  return evidence;
}

async function verdictOn(world: World, evidence: ModelEvidence) {
  const { subject, judge } = judgeEvidence(evidence, world, await world.policy());
  return judgeWithOffers({ offers: [], acceptances: acceptancesOf(world, subject), judge });
}

/** Of the model, and of base models that are known on both sides: what it is made from may change as well. */
function changedTexts(before: ModelEvidence, now: ModelEvidence): readonly FactChange[] {
  const hashes = (evidence: ModelEvidence, other: ModelEvidence) => {
    const isShared = (repo: string) => other.ancestors.some((one) => one.repo === repo && !("gap" in one));
    const ancestors = evidence.ancestors.filter(({ repo }) => isShared(repo));
    return new Map(placedTexts({ ...evidence, ancestors }).map(({ source, sha256 }) => [source, sha256 ?? "unread"]));
  };
  const [then, today] = [hashes(before, now), hashes(now, before)];
  return [...new Set([...then.keys(), ...today.keys()])].flatMap((source) =>
    changed("license-text", then.get(source) ?? null, today.get(source) ?? null, source),
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
