// What oslm would decide on the license of a model, and why: from its card, from what is stored, or from a file's header.
// No byte of weights is asked for.
import { isOslmError, OslmError } from "../errors.js";
import type { Acceptance } from "../license/ledger-standing.js";
import { classifyOpenness } from "../license/openness.js";
import type { LicensePolicy } from "../license/policy.js";
import { judgeLicense } from "../license/verdict.js";
import { formatRef, type ModelRef } from "../model/ref.js";
import type { LicenseVerdict, RepoSnapshot, StoredModel } from "../model/types.js";
import { acceptancesOf } from "./acceptances.js";
import { judgeHeader } from "./file-license.js";
import { findStored } from "./find-stored.js";
import { judgeRepo, type RepoLicense } from "./judge-repo.js";
import { judgeWithOffers, type Offer } from "./license-offers.js";
import { findLocal, type LocalModel, storedModel } from "./local-model.js";
import { readModel } from "./read-model.js";
import { type RemoteRef, resolveRepo } from "./resolve.js";
import type { World } from "./world.js";

export interface ExplainedLicense extends LicenseVerdict {
  readonly ref: string;
  readonly repo: string | null;
  readonly commit: string | null;
  /** Where the evidence was read: the model card, oslm's record of an earlier pull, or the header of the file. */
  readonly from: "card" | "record" | "header";
  /** Whether the Hub itself asks for consent as well, which only its own page can take; null where that is not known. */
  readonly gated: RepoSnapshot["gated"] | null;
  /** Where a person can read on. */
  readonly url: string;
  readonly accepted: readonly Acceptance[];
}

/** What is to be judged, and for what it would be accepted. */
interface Found extends RepoLicense, Pick<ExplainedLicense, "ref" | "repo" | "commit" | "from" | "gated"> {}

/**
 * @param offers what is accepted with the command; it is written down where it answers the question
 * @throws OslmError usage, offline, not-stored, file-not-found, malformed-gguf, and what Hub.snapshot throws
 */
export async function explainLicense(world: World, ref: ModelRef, offers: readonly Offer[]): Promise<ExplainedLicense> {
  const { subject, judge, ...shown } = await find(world, ref, await world.policy());
  const acceptances = await acceptancesOf(world, subject);
  const verdict = await judgeWithOffers({ offers, acceptances, judge });
  return { ...verdict, ...shown, accepted: (await acceptancesOf(world, subject)).standing };
}

async function find(world: World, ref: ModelRef, policy: LicensePolicy): Promise<Found> {
  if (ref.kind !== "catalog" && ref.kind !== "hub") {
    const local = await findLocal(world, ref);
    if (local === undefined) throw new Error("a file is found or reported missing");
    return fromHeader(local, policy);
  }
  const [stored] = await findStored(world, ref);
  if (stored?.repo === null) return fromHeader(storedModel(stored), policy);
  if (world.offline && stored === undefined) throw new OslmError("offline", { wanted: formatRef(ref) });
  if (world.offline && stored !== undefined) return fromRecord(world, stored, policy);
  try {
    return await fromCard(world, ref, stored, policy);
  } catch (error) {
    // What was pulled can be judged without the Hub, and after its publisher took it down.
    const isGone = isOslmError(error, "repo-not-found") || isOslmError(error, "revision-not-found");
    if (stored !== undefined && (isGone || isOslmError(error, "network"))) return fromRecord(world, stored, policy);
    throw error;
  }
}

/** Of a stored model the card at its commit, not the newest. */
async function fromCard(
  world: World,
  ref: RemoteRef,
  stored: StoredModel | undefined,
  policy: LicensePolicy,
): Promise<Found> {
  const resolved = await resolveRepo(world, ref, stored);
  const { snapshot } = resolved;
  const { repo, commit, gated } = snapshot;
  return { ...(await judgeRepo(world, resolved, policy)), ref: resolved.name, repo, commit, from: "card", gated };
}

/** What an earlier pull concluded. */
function fromRecord(
  { endpoint }: World,
  { name, ref, repo, commit, license }: StoredModel,
  policy: LicensePolicy,
): Found {
  const card = { license: license.id.split(" AND "), baseModels: [] };
  return {
    subject: { subject: repo ?? ref, commit, textSha256: undefined },
    ref: name,
    repo,
    commit,
    from: "record",
    gated: null,
    url: `${endpoint}/${repo}/tree/${commit}`,
    judge: (accepted) => {
      const judged = { ...(repo !== null && { repo }), ...(commit !== null && { commit }) };
      const verdict = judgeLicense({ card, accepted, subject: judged }, policy);
      return { ...verdict, evidence: verdict.evidence.map((claim) => ({ ...claim, source: "record" })) };
    },
  };
}

async function fromHeader(local: LocalModel, policy: LicensePolicy): Promise<Found> {
  const { general } = (await readModel(local)).geometry;
  const [path] = local.paths;
  // Only the demo model's training is known to be open.
  const isDemo = local.ref === "demo";
  const subject = local.stored?.ref ?? (isDemo ? "demo" : path);
  return {
    subject: { subject, commit: null, textSha256: null },
    ref: local.ref,
    repo: null,
    commit: null,
    from: "header",
    gated: null,
    url: path,
    judge: (accepted) => {
      const verdict = judgeHeader(general, { accepted, policy });
      return isDemo ? { ...verdict, openness: classifyOpenness(verdict.class, false, true) } : verdict;
    },
  };
}
