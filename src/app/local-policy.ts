// A model that is here already, judged by the policy before it is run. Without policy files nothing is asked again.

import type { LicensePolicy } from "../license/policy.js";
import { isException } from "../license/policy-answers.js";
import type { LicenseVerdict, StoredModel } from "../model/types.js";
import { acceptancesOf } from "./acceptances.js";
import { judgeHeader } from "./file-license.js";
import { storedAt } from "./find-stored.js";
import { judgeStored, type RepoLicense } from "./judge-repo.js";
import { type Consent, passLicenseGate } from "./license-gate.js";
import { judgeWithOffers, type Offer } from "./license-offers.js";
import type { LocalModel } from "./local-model.js";
import { readModel } from "./read-model.js";
import type { World } from "./world.js";

export interface LocalGate {
  readonly offers: readonly Offer[];
  readonly consent: Consent;
}

/**
 * What the pull judged is judged again, since the policy may be another one today, by whichever name it is run; a file of one's
 * own is judged by its header. Only
 * the rules of a file stop a run: what oslm's own defaults ask about was asked, or never is for files of one's own.
 * Gives the verdict where an exception lets the model pass, to be shown.
 * @throws OslmError bad-policy, license-denied, license-not-accepted, declined
 */
export async function passLocalPolicy(
  world: World,
  model: LocalModel,
  gate: LocalGate,
): Promise<LicenseVerdict | undefined> {
  if (!(await hasRules(world))) return undefined;
  return passRules(world, await judgeLocal(world, model), gate);
}

/** Whether anybody has written a policy. @throws OslmError bad-policy */
export async function hasRules(world: World): Promise<boolean> {
  return ((await world.policy()).written?.files ?? []).length > 0;
}

export interface JudgedLocal extends Omit<RepoLicense, "evidence"> {
  readonly ref: string;
  readonly stored?: StoredModel | undefined;
}

/** The license of a model that is here, by what its pull has seen or by its header. */
export async function judgeLocal(world: World, model: LocalModel): Promise<JudgedLocal> {
  const policy = await world.policy();
  const { ref } = model;
  const stored = model.stored ?? (ref === "demo" ? undefined : await storedAt(world, model.paths[0]));
  const judged = await (stored === undefined ? judgeFile(model, policy) : judgeStored(world, stored, policy));
  return { ref, stored, ...judged };
}

/** @throws OslmError license-denied, license-not-accepted, declined */
export async function passRules(
  world: World,
  { ref, stored, subject, url, judge }: JudgedLocal,
  gate: LocalGate,
): Promise<LicenseVerdict | undefined> {
  const acceptances = acceptancesOf(world, subject);
  const verdict = await judgeWithOffers({ offers: gate.offers, acceptances, judge });
  // What another program has put here nobody was asked about, and its card may say what a rule is against.
  const isUnproven = stored?.adopted === true && stored.repo !== null && verdict.decision === "ask";
  if (verdict.rule === undefined && !isUnproven) return undefined;
  if (verdict.decision === "allow") return verdict.rule && isException(verdict.rule) ? verdict : undefined;
  await passLicenseGate({ ref, url, ...gate, acceptances, judge });
  return undefined;
}

async function judgeFile(model: LocalModel, policy: LicensePolicy): Promise<Omit<RepoLicense, "evidence">> {
  const { general } = (await readModel(model)).geometry;
  const [path] = model.paths;
  return {
    subject: { subject: model.ref === "demo" ? model.ref : path, commit: null, textSha256: undefined },
    url: path,
    judge: (accepted) => judgeHeader(general, { accepted, policy }),
  };
}
