// How the license of a repository's model is judged, and for what it is accepted: the same for a pull, for who only asks, and
// for a model that is here already.
import { type ModelEvidence, withoutHeaders } from "../license/evidence.js";
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
  const judge = (all: ModelEvidence, accepted: readonly string[] = []) =>
    judgeLicense({ ...all, expected, accepted, subject }, policy);
  // What a header only repeats was accepted with the rest.
  const plain = withoutHeaders(evidence);
  const [told, untold] = [judge(evidence), judge(plain)];
  const adds = told.id !== untold.id || told.reasons.join("\n") !== untold.reasons.join("\n");
  return {
    // Without a text the card's word is what is accepted.
    subject: { subject: repo, commit, textSha256: hashOfTerms(adds ? evidence : plain) },
    url: `${endpoint}/${repo}/tree/${commit}`,
    evidence,
    judge: (accepted) => judge(evidence, accepted),
  };
}

/** The license of a stored model by what its pull has seen; no request is made. */
export async function judgeStored(
  world: World,
  { ref, repo, commit, license, files }: StoredModel,
  policy: LicensePolicy,
): Promise<RepoLicense> {
  const paths = files.map(({ path }) => path);
  const evidence = repo === null || commit === null ? undefined : await keptEvidence(world, { repo, commit }, paths);
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
function hashOfTerms({ card: { licenseLink }, texts, unread, ancestors, headers = [] }: ModelEvidence): string | null {
  const known = ancestors.flatMap((one) => ("gap" in one ? [] : [one]));
  const terms = [{ texts, unread }, ...known].flatMap((one) => [
    ...one.texts.map(({ path, sha256 }) => sha256 ?? `unread ${path}`),
    ...(one.unread ?? []).map((name) => `unread ${name}`),
  ]);
  if (licenseLink !== undefined && terms.length === 0) terms.push(licenseLink);
  for (const { file: _, found: __, ...words } of headers) terms.push(`header ${JSON.stringify(words)}`);
  const [first] = terms;
  if (first === undefined) return null;
  // In whichever order they were found.
  terms.sort();
  return terms.length === 1 && /^[0-9a-f]{64}$/.test(first) ? first : sha256Of(terms.join("\n"));
}
