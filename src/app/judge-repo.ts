// How the license of a repository's model is judged, and for what it is accepted: the same for a pull and for who only asks.
import { judgeLicense } from "../license/verdict.js";
import type { LicenseVerdict } from "../model/types.js";
import type { Subject } from "./acceptances.js";
import type { Resolved } from "./resolve.js";

export interface RepoLicense {
  readonly subject: Subject;
  /** Where a person can read it. */
  readonly url: string;
  /** @param accepted ids that a person has accepted */
  judge(accepted: readonly string[]): LicenseVerdict;
}

/** @param endpoint the Hub's address */
export function judgeRepo(
  endpoint: string,
  { snapshot, expectedLicense }: Pick<Resolved, "snapshot" | "expectedLicense">,
): RepoLicense {
  const { repo, commit, card } = snapshot;
  return {
    // No license text is read yet: the card's word is what is accepted.
    subject: { subject: repo, commit, textSha256: null },
    url: `${endpoint}/${repo}/tree/${commit}`,
    judge: (accepted) => judgeLicense({ card, expected: expectedLicense, accepted }),
  };
}
