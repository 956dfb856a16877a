// How the license of a repository's model is judged, and for what it is accepted: the same for a pull, for who only asks, and
// for a model that is here already.
import type { ModelEvidence } from "../license/evidence.js";
import type { LicensePolicy } from "../license/policy.js";
import { judgeLicense } from "../license/verdict.js";
import type { LicenseVerdict, StoredModel } from "../model/types.js";
import type { Subject } from "./acceptances.js";
import { keptEvidence, sha256Of } from "./kept-evidence.js";
import type { World } from "./world.js";

export interface RepoLicense {
  readonly subject: Subject;
  /** Where a person can read it. */
  readonly url: string;
  /** What the verdict rests on; undefined where only oslm's record of the model is left. */
  readonly evidence: ModelEvidence | undefined;
  /** @param accepted ids that a person has accepted */
  judge(accepted: readonly string[]): LicenseVerdict;
}

/** The license that the evidence shows. */
export function judgeEvidence(
  evidence: ModelEvidence,
  { endpoint }: Pick<World, "endpoint">,
  policy: LicensePolicy,
): RepoLicense {
  const { repo, commit, hasText, expected } = evidence;
  const subject = { repo, commit, hasText };
  return {
    // Without a text the card's word is what is accepted.
    subject: { subject: repo, commit, textSha256: hashOfTerms(evidence) },
    url: `${endpoint}/${repo}/tree/${commit}`,
    evidence,
    judge: (accepted) => judgeLicense({ ...evidence, expected, accepted, subject }, policy),
  };
}

/** The license of a stored model by what its pull has seen; no request is made. */
export async function judgeStored(
  world: World,
  { ref, repo, commit, license }: StoredModel,
  policy: LicensePolicy,
): Promise<RepoLicense> {
  const evidence = repo === null || commit === null ? undefined : await keptEvidence(world, { repo, commit });
  if (evidence !== undefined) return judgeEvidence(evidence, world, policy);
  const card = { license: license.id.split(" AND "), baseModels: [] };
  const subject = { ...(repo !== null && { repo }), ...(commit !== null && { commit }) };
  const missing =
    repo === null
      ? {}
      : { missing: "what the repository said when it was pulled is not kept: only its id is on record" };
  return {
    subject: { subject: repo ?? ref, commit, textSha256: undefined },
    url: repo === null ? ref : `${world.endpoint}/${repo}/tree/${commit}`,
    evidence,
    judge: (accepted) => judgeLicense({ card, ...missing, accepted, subject }, policy),
  };
}

/** Of all texts that stand behind the verdict: of one alone its own hash, of several that of their hashes; null for none. */
function hashOfTerms({ card: { licenseLink }, texts, unread, ancestors }: ModelEvidence): string | null {
  const known = ancestors.flatMap((one) => ("gap" in one ? [] : [one]));
  const terms = [{ texts, unread }, ...known].flatMap((one) => [
    ...one.texts.map(({ path, sha256 }) => sha256 ?? `unread ${path}`),
    ...(one.unread ?? []).map((name) => `unread ${name}`),
  ]);
  if (licenseLink !== undefined && terms.length === 0) terms.push(licenseLink);
  const [first] = terms;
  if (first === undefined) return null;
  // In whichever order they were found.
  terms.sort();
  return terms.length === 1 && /^[0-9a-f]{64}$/.test(first) ? first : sha256Of(terms.join("\n"));
}
