// A model that is here already, judged by the policy before it is run. Without policy files nothing is asked again.
import { isException } from "../license/policy-answers.js";
import { judgeLicense } from "../license/verdict.js";
import type { LicenseVerdict } from "../model/types.js";
import { acceptancesOf } from "./acceptances.js";
import { judgeHeader } from "./file-license.js";
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
 * What the pull judged is judged again, since the policy may be another one today; a file is judged by its header. Only
 * the rules of a file stop a run: what oslm's own defaults ask about was asked, or never is for files of one's own.
 * Gives the verdict where an exception lets the model pass, to be shown.
 * @throws OslmError bad-policy, license-denied, license-not-accepted, declined
 */
export async function passLocalPolicy(
  world: World,
  model: LocalModel,
  gate: LocalGate,
): Promise<LicenseVerdict | undefined> {
  const policy = await world.policy();
  if ((policy.written?.files ?? []).length === 0) return undefined;
  const judge = await judgeOf(world, model);
  const { stored, ref, paths } = model;
  const subject = stored?.repo ?? stored?.ref ?? (ref === "demo" ? ref : paths[0]);
  const acceptances = await acceptancesOf(world, { subject, commit: stored?.commit ?? null, textSha256: undefined });
  const verdict = await judgeWithOffers({ offers: gate.offers, acceptances, judge });
  // What another program has put here nobody was asked about, and its card may say what a rule is against.
  const isUnproven = stored?.adopted === true && stored.repo !== null && verdict.decision === "ask";
  if (verdict.rule === undefined && !isUnproven) return undefined;
  if (verdict.decision === "allow") return verdict.rule && isException(verdict.rule) ? verdict : undefined;
  const url = stored?.repo ? `${world.endpoint}/${stored.repo}` : paths[0];
  await passLicenseGate({ ref, url, ...gate, acceptances, judge });
  return undefined;
}

async function judgeOf(world: World, model: LocalModel): Promise<(accepted: readonly string[]) => LicenseVerdict> {
  const policy = await world.policy();
  const { stored } = model;
  if (stored === null) {
    const { geometry } = await readModel(model);
    return (accepted) => judgeHeader(geometry.general, { accepted, policy });
  }
  const { repo, commit, license } = stored;
  const card = { license: license.id.split(" AND "), baseModels: [] };
  const subject = { ...(repo !== null && { repo }), ...(commit !== null && { commit }) };
  return (accepted) => judgeLicense({ card, accepted, subject }, policy);
}
