// What oslm would decide on the license of a model, and why: from its card, from what is stored, or from a file's header.
// No byte of weights is asked for.
import { isOslmError, OslmError } from "../errors.js";
import type { ModelEvidence } from "../license/evidence.js";
import type { Acceptance } from "../license/ledger-standing.js";
import type { LicensePolicy } from "../license/policy.js";
import { DEMO_TRAINING } from "../license/training-facts.js";
import { formatRef, type ModelRef } from "../model/ref.js";
import { type LicenseVerdict, originOf, type RepoSnapshot, type StoredModel } from "../model/types.js";
import { acceptancesOf } from "./acceptances.js";
import { judgeHeader } from "./file-license.js";
import { findStored } from "./find-stored.js";
import { withHeader } from "./header-evidence.js";
import { headerOnDisk } from "./header-on-disk.js";
import { generalOf } from "./judge-gguf.js";
import { judgeEvidence, judgeStored, type RepoLicense } from "./judge-repo.js";
import { keepEvidence, latestEvidence } from "./kept-evidence.js";
import { lookForEvidence } from "./license-evidence.js";
import { judgeWithOffers, type Offer } from "./license-offers.js";
import { findLocal, type LocalModel, storedModel } from "./local-model.js";
import { type RemoteRef, resolveRepo, target } from "./resolve.js";
import type { World } from "./world.js";

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
    return await fromHeader(storedModel(stored), policy);
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
    return fromHeader(local, policy);
  }
  const [stored] = await findStored(world, ref);
  if (stored !== undefined && originOf(stored) === undefined) return fromHeader(storedModel(stored), policy);
  if (world.offline) return fromKept(world, ref, stored, policy);
  try {
    return await fromRepo(world, ref, stored, policy);
  } catch (error) {
    // What was pulled can be judged without the Hub, and after its publisher took it down.
    const isGone = isOslmError(error, "repo-not-found") || isOslmError(error, "revision-not-found");
    if (stored !== undefined && (isGone || isOslmError(error, "network"))) return fromKept(world, ref, stored, policy);
    throw error;
  }
}

/** Of a stored model the repository at its commit, not the newest. */
async function fromRepo(
  world: World,
  ref: RemoteRef,
  stored: StoredModel | undefined,
  policy: LicensePolicy,
): Promise<Found> {
  const resolved = await resolveRepo(world, ref, stored && originOf(stored));
  const { repo, commit, gated } = resolved.snapshot;
  const seen = await lookForEvidence(world, { ...resolved, kept: stored?.files.map(({ path }) => path) ?? [] });
  // Whoever only asks needs no disk.
  await keepEvidence(world, seen).catch(() => undefined);
  const isTheirs = stored !== undefined && stored.converted === undefined;
  const header = isTheirs && seen.headers === undefined ? await headerOnDisk(stored) : undefined;
  const evidence = header === undefined ? seen : await withHeader(world, seen, header.file, header.general);
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
  if (evidence === undefined) throw new OslmError("offline", { wanted: formatRef(ref) });
  const { repo, commit, gated } = evidence;
  return { ...judgeEvidence(evidence, world, policy), ref: formatRef(ref), repo, commit, from: "kept", gated };
}

async function fromStored(world: World, stored: StoredModel, policy: LicensePolicy): Promise<Found> {
  const judged = await judgeStored(world, stored, policy);
  const { name } = stored;
  const { repo, commit } = originOf(stored) ?? { repo: null, commit: null };
  if (judged.evidence === undefined)
    return { ...withRecord(judged), ref: name, repo, commit, from: "record", gated: null };
  return { ...judged, ref: name, repo, commit, from: "kept", gated: judged.evidence.gated };
}

/** What an earlier pull concluded is all that there is. */
function withRecord(judged: RepoLicense): RepoLicense {
  return {
    ...judged,
    judge: (accepted) => {
      const verdict = judged.judge(accepted);
      return { ...verdict, evidence: verdict.evidence.map((claim) => ({ ...claim, source: "record" })) };
    },
  };
}

async function fromHeader(local: LocalModel, policy: LicensePolicy): Promise<Found> {
  const general = await generalOf(local);
  const [path] = local.paths;
  // Only the demo model's training is known to be open.
  const isDemo = local.ref === "demo";
  const subject = local.stored?.ref ?? (isDemo ? "demo" : path);
  return {
    subject: { subject, commit: null, textSha256: null },
    evidence: undefined,
    ref: local.ref,
    repo: null,
    commit: null,
    from: "header",
    gated: null,
    url: path,
    judge: (accepted) => judgeHeader(general, { accepted, policy, training: isDemo ? DEMO_TRAINING : undefined }),
  };
}
