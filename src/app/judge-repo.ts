// How the license of a repository's model is judged, and for what it is accepted: the same for a pull and for who only asks.
import { createHash } from "node:crypto";
import type { LicensePolicy } from "../license/policy.js";
import { textKindOf } from "../license/text-files.js";
import { judgeLicense } from "../license/verdict.js";
import type { LicenseVerdict, ModelCard } from "../model/types.js";
import type { Subject } from "./acceptances.js";
import { gatherLicenseFacts, type LicenseFacts } from "./license-evidence.js";
import type { Resolved } from "./resolve.js";
import type { World } from "./world.js";

export interface RepoLicense {
  readonly subject: Subject;
  /** Where a person can read it. */
  readonly url: string;
  /** @param accepted ids that a person has accepted */
  judge(accepted: readonly string[]): LicenseVerdict;
}

/** Reads the texts and the base models first. @throws OslmError what gatherLicenseFacts throws */
export async function judgeRepo(
  world: World,
  { snapshot, expectedLicense }: Pick<Resolved, "snapshot" | "expectedLicense">,
  policy: LicensePolicy,
): Promise<RepoLicense> {
  const { repo, commit, card, files } = snapshot;
  const facts = await gatherLicenseFacts(await world.hub(), snapshot, world.signal);
  const subject = { repo, commit, hasText: files.some(({ path }) => textKindOf(path) === "text") };
  return {
    // Without a text the card's word is what is accepted.
    subject: { subject: repo, commit, textSha256: hashOfTerms(card, facts) },
    url: `${world.endpoint}/${repo}/tree/${commit}`,
    judge: (accepted) => judgeLicense({ ...facts, card, repo, expected: expectedLicense, accepted, subject }, policy),
  };
}

/** Of all texts that stand behind the verdict: of one alone its own hash, of several that of their hashes; null for none. */
function hashOfTerms({ licenseLink }: ModelCard, { texts, ancestors }: LicenseFacts): string | null {
  const inherited = ancestors.flatMap((one) => ("gap" in one ? [] : one.texts));
  const terms = [...texts, ...inherited].map(({ path, sha256 }) => sha256 ?? `unread ${path}`);
  if (licenseLink !== undefined && terms.length === 0) terms.push(licenseLink);
  const [first] = terms;
  if (first === undefined) return null;
  return terms.length === 1 && /^[0-9a-f]{64}$/.test(first) ? first : sha256Of(terms.join("\n"));
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
