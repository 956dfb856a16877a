// What oslm would decide on the license of a model, and why: from its card, from what is stored, or from a file's header.
// No byte of weights is asked for.
import { type ErrorCode, isOslmError, OslmError } from "../../errors.js";
import type { ModelEvidence } from "../../license/evidence.js";
import type { Acceptance } from "../../license/ledger-standing.js";
import type { LicensePolicy } from "../../license/policy.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import { type LicenseVerdict, originOf, type RepoSnapshot, type StoredModel } from "../../model/types.js";
import { findInCache } from "../pull/adopt.js";
import { type RemoteRef, resolveRepo, target } from "../pull/resolve.js";
import { findLocal, type LocalModel, storedModel } from "../run/local-model.js";
import { findStored } from "../stored/find-stored.js";
import type { World } from "../world.js";
import { acceptancesOf } from "./acceptances.js";
import { evidenceNow } from "./evidence-now.js";
import { judgeEvidence, judgeStored, type RepoLicense, type StoredLicense } from "./judge-repo.js";
import { latestEvidence } from "./kept-evidence.js";
import { unrecorded } from "./known-as.js";
import { judgeWithOffers, type Offer } from "./license-offers.js";
import { judgeLocal } from "./local-policy.js";

export interface ExplainedLicense extends LicenseVerdict {
  readonly ref: string;
  readonly repo: string | null;
  readonly commit: string | null;
  /**
   * Where the evidence was read: the repository, what was kept of it by an earlier look, oslm's record of a pull, or the
   * header of the file.
   */
  readonly from: "card" | "kept" | "record" | "header";
  /** Whether the Hub itself asks for consent as well, which only its own page can take; null where that is not known. */
  readonly gated: RepoSnapshot["gated"] | null;
  /** Where a person can read on. */
  readonly url: string;
  readonly accepted: readonly Acceptance[];
}

/** The verdict, and what it rests on; no evidence where only a header or a record is left. */
export interface LicenseFinding {
  readonly license: ExplainedLicense;
  readonly evidence: ModelEvidence | undefined;
}

/** What is to be judged, and for what it would be accepted. */
interface Found extends RepoLicense, Pick<ExplainedLicense, "ref" | "repo" | "commit" | "from" | "gated"> {}

/**
 * @param offers what is accepted with the command; it is written down where it answers the question
 * @throws OslmError usage, offline, not-stored, file-not-found, malformed-gguf, and what Hub.snapshot throws
 */
export async function explainLicense(world: World, ref: ModelRef, offers: readonly Offer[]): Promise<ExplainedLicense> {
  return (await findLicense(world, ref, offers)).license;
}

/** The same with the evidence. */
export async function findLicense(world: World, ref: ModelRef, offers: readonly Offer[]): Promise<LicenseFinding> {
  return explain(world, await find(world, ref, await world.policy()), offers);
}

/** The same for a stored model, by what is on this disk; no request is made. @throws OslmError bad-policy */
export async function findStoredLicense(world: World, stored: StoredModel): Promise<LicenseFinding> {
  return explain(world, await fromDisk(world, stored, await world.policy()), []);
}

async function explain(world: World, found: Found, offers: readonly Offer[]): Promise<LicenseFinding> {
  const { subject, judge, evidence, ...shown } = found;
  const acceptances = acceptancesOf(world, subject);
  const verdict = await judgeWithOffers({ offers, acceptances, judge });
  return { license: { ...verdict, ...shown, accepted: await acceptances.standing() }, evidence };
}

/** A file whose header makes no sense any more is judged by its record. */
async function fromDisk(world: World, stored: StoredModel, policy: LicensePolicy): Promise<Found> {
  if (originOf(stored) !== undefined) return fromStored(world, stored, policy);
  try {
    return await fromLocal(world, storedModel(stored));
  } catch (error) {
    if (isOslmError(error, "malformed-gguf") || isOslmError(error, "unknown-architecture"))
      return fromStored(world, stored, policy);
    throw error;
  }
}

async function find(world: World, ref: ModelRef, policy: LicensePolicy): Promise<Found> {
  if (ref.kind !== "catalog" && ref.kind !== "hub") {
    const local = await findLocal(world, ref);
    if (local === undefined) throw new Error("a file is found or reported missing");
    return fromLocal(world, local);
  }
  const [stored] = await findStored(world, ref);
  if (stored !== undefined && originOf(stored) === undefined) return fromLocal(world, storedModel(stored));
  if (world.offline) return fromKept(world, ref, stored, policy);
  try {
    return await fromRepo(world, ref, stored, policy);
  } catch (error) {
    // What was pulled can be judged without the Hub, and after its publisher took it down.
    if (stored !== undefined && SILENT.some((code) => isOslmError(error, code)))
      return fromKept(world, ref, stored, policy);
    throw error;
  }
}

/** Ways not to be told of a repository. */
const SILENT: readonly ErrorCode[] = ["repo-not-found", "revision-not-found", "network", "hub-failed", "rate-limited"];

/** Of a stored model the repository at its commit, not the newest. */
async function fromRepo(
  world: World,
  ref: RemoteRef,
  stored: StoredModel | undefined,
  policy: LicensePolicy,
): Promise<Found> {
  const resolved = await resolveRepo(world, ref, stored && originOf(stored));
  const { repo, commit, gated } = resolved.snapshot;
  const evidence = await evidenceNow(world, resolved, stored);
  return { ...judgeEvidence(evidence, world, policy), ref: resolved.name, repo, commit, from: "card", gated };
}

/** What an earlier look has seen. @throws OslmError offline when there was none */
async function fromKept(
  world: World,
  ref: RemoteRef,
  stored: StoredModel | undefined,
  policy: LicensePolicy,
): Promise<Found> {
  if (stored !== undefined) return fromStored(world, stored, policy);
  const { repos, revision } = target(ref);
  const kept = await Promise.all(repos.map((repo) => latestEvidence(world, repo, revision)));
  const evidence = kept.find((one) => one !== undefined);
  if (evidence === undefined) {
    const found = await findInCache(world, ref);
    if (found === undefined) throw new OslmError("offline", { wanted: formatRef(ref) });
    return fromStored(world, unrecorded(world, found), policy);
  }
  const { repo, commit, gated } = evidence;
  return { ...judgeEvidence(evidence, world, policy), ref: formatRef(ref), repo, commit, from: "kept", gated };
}

async function fromStored(world: World, stored: StoredModel, policy: LicensePolicy): Promise<Found> {
  return placed(stored.name, originOf(stored), await judgeStored(world, stored, policy));
}

/** A file, or what was made a model from one; where its bytes are known to be a repository's, by what is kept of that. */
async function fromLocal(world: World, local: LocalModel): Promise<Found> {
  const { ref, stored, ...judged } = await judgeLocal(world, local);
  return placed(ref, stored && originOf(stored), judged);
}

function placed(ref: string, origin: ReturnType<typeof originOf>, judged: StoredLicense): Found {
  const { repo, commit } = origin ?? { repo: null, commit: null };
  return { ...judged, ref, repo, commit, gated: judged.evidence?.gated ?? null };
}
