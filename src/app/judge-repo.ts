// How the license of a repository's model is judged, and for what it is accepted: the same for a pull and for who only asks.
import type { LicensePolicy } from "../license/policy.js";
import { textKindOf } from "../license/text-files.js";
import { judgeLicense } from "../license/verdict.js";
import type { LicenseVerdict } from "../model/types.js";
import type { Subject } from "./acceptances.js";
import { gatherLicenseFacts } from "./license-evidence.js";
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
    subject: { subject: repo, commit, textSha256: facts.texts[0]?.sha256 ?? null },
    url: `${world.endpoint}/${repo}/tree/${commit}`,
    judge: (accepted) => judgeLicense({ ...facts, card, repo, expected: expectedLicense, accepted, subject }, policy),
  };
}
