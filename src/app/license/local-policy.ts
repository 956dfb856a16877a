// A model that is here already, judged before it is used: the one place that decides, whoever asks.

import { idsIn } from "../../license/catalogue.js";
import { isException } from "../../license/policy-answers.js";
import { DEMO_TRAINING } from "../../license/training-facts.js";
import { type LicenseVerdict, originOf, type StoredModel } from "../../model/types.js";
import { isFromWeb } from "../pull/web-files.js";
import type { LocalModel } from "../run/local-model.js";
import type { World } from "../world.js";
import { acceptancesOf } from "./acceptances.js";
import { lookOnce } from "./evidence-now.js";
import { judgeHeader } from "./file-license.js";
import { generalOf } from "./general-of.js";
import { judgeStored, type StoredLicense } from "./judge-repo.js";
import { knownAs } from "./known-as.js";
import { type Consent, passLicenseGate } from "./license-gate.js";
import { judgeWithOffers, type Offer } from "./license-offers.js";

export interface LocalGate {
  readonly offers: readonly Offer[];
  readonly consent: Consent;
}

/** As much of a model as its license is judged by. */
export type Judgeable = Pick<LocalModel, "ref" | "paths" | "stored">;

/**
 * What came from a repository or an address passes by what stands accepted today, as `oslm license` says: an acceptance may have
 * been taken back, the policy may be another one, and what another program has put here nobody was asked about. Files of one's own
 * are judged by their header, and only the rules of a policy stop them. A model is the same by whichever name it is used.
 * Gives the verdict where an exception lets the model pass, to be shown.
 * @throws OslmError bad-policy, license-denied, license-not-accepted, declined
 */
export async function passLocalPolicy(
  world: World,
  model: Judgeable,
  gate: LocalGate,
): Promise<LicenseVerdict | undefined> {
  const stored = await knownAs(world, model);
  if (!isAsked(stored) && !(await hasRules(world))) return undefined;
  const judged = await judgeLocal(world, model);
  await correctRecord(world, judged);
  return passJudged(world, judged, gate);
}

/** Whether anybody has written a policy. @throws OslmError bad-policy */
export async function hasRules(world: World): Promise<boolean> {
  return ((await world.policy()).written?.files ?? []).length > 0;
}

/** A license as the gate takes it. */
export interface Judged extends Pick<StoredLicense, "subject" | "url" | "judge"> {
  readonly ref: string;
  readonly stored?: StoredModel | undefined;
}

export interface JudgedLocal extends Judged, StoredLicense {}

/**
 * The license of a model that is here, by what is kept of its repository, its record or its header. Of a repository of which
 * nothing is kept the Hub is asked, once, where that may be.
 */
export async function judgeLocal(world: World, model: Judgeable): Promise<JudgedLocal> {
  const stored = await knownAs(world, model);
  const { ref } = model;
  if (stored !== undefined) await lookOnce(world, stored);
  if (stored === undefined || originOf(stored) === undefined)
    return { ref, stored, ...(await judgeFile(world, model, stored)) };
  return { ref, stored, ...(await judgeStored(world, stored, await world.policy())) };
}

/** @throws OslmError license-denied, license-not-accepted, declined */
export async function passJudged(
  world: World,
  { ref, stored, subject, url, judge }: Judged,
  gate: LocalGate,
): Promise<LicenseVerdict | undefined> {
  const acceptances = acceptancesOf(world, subject);
  const verdict = await judgeWithOffers({ offers: gate.offers, acceptances, judge });
  if (verdict.decision === "allow") return verdict.rule && isException(verdict.rule) ? verdict : undefined;
  if (verdict.rule === undefined && !isAsked(stored)) return undefined;
  await passLicenseGate({ ref, url, ...gate, acceptances, judge });
  return undefined;
}

/** Oslm's own defaults ask about what came from elsewhere; never about files of one's own. */
function isAsked(stored: StoredModel | undefined): boolean {
  return stored !== undefined && (originOf(stored) !== undefined || isFromWeb(stored));
}

/** A record that was made before anything was known of the repository. */
async function correctRecord(world: World, { stored, judge }: Judged): Promise<void> {
  if (!stored?.adopted) return;
  const { id, class: licenseClass } = judge([]);
  const store = await world.store();
  const isRecorded = (await store.recorded()).some(({ name, path }) => name === stored.name && path === stored.path);
  if (!isRecorded || stored.license.id === id) return;
  // Only for `list`: a state folder that cannot be written must not stop a run.
  await store.record({ ...stored, license: { id, class: licenseClass } }).catch(() => undefined);
}

/** By its header; of a stored file what is on record counts as well, for it may be known from where the bytes came. */
async function judgeFile(world: World, model: Judgeable, stored: StoredModel | undefined): Promise<StoredLicense> {
  const policy = await world.policy();
  const general = await generalOf(model);
  const [path] = model.paths;
  const isDemo = model.ref === "demo";
  const said = idsIn(judgeHeader(general).id);
  const recorded = idsIn(stored?.license.id ?? "").filter((id) => id !== "unknown" && !said.includes(id));
  // Only the demo model's training is known to be open.
  const around = { policy, recorded, training: isDemo ? DEMO_TRAINING : undefined };
  return {
    subject: { subject: stored?.ref ?? (isDemo ? "demo" : path), commit: null, textSha256: null },
    url: path,
    evidence: undefined,
    from: "header",
    judge: (accepted) => judgeHeader(general, { ...around, accepted }),
  };
}
