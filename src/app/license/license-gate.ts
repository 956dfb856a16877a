// No byte of weights is asked for before this has passed.
import { OslmError } from "../../errors.js";
import type { LicenseVerdict } from "../../model/types.js";
import { deniedLicense } from "./license-denied.js";
import { idsOf, type Judged, judgeWithOffers } from "./license-offers.js";

/** Asks a person; false when they decline. @throws OslmError license-not-accepted where nobody can be asked */
export type Consent = (
  verdict: LicenseVerdict,
  model: { readonly ref: string; readonly url: string },
) => Promise<boolean>;

export interface Gate extends Judged {
  /** What is to be pulled. */
  readonly ref: string;
  /** Where the license stands. */
  readonly url: string;
  consent: Consent;
}

/** What is accepted here is written down before it counts. @throws OslmError license-denied, license-not-accepted, declined, usage */
export async function passLicenseGate({ ref, url, consent, ...judged }: Gate): Promise<LicenseVerdict> {
  const verdict = await judgeWithOffers(judged);
  const { id } = verdict;
  if (verdict.decision === "deny") throw deniedLicense(ref, verdict);
  if (verdict.decision === "allow") return verdict;
  if (!(await consent(verdict, { ref, url }))) {
    throw new OslmError("declined", { question: `The license ${id} was not accepted; nothing was downloaded.` });
  }
  await judged.acceptances.record(idsOf(verdict), "terminal");
  return judged.judge([...(await judged.acceptances.standing()).map(({ license }) => license), id]);
}
