// No byte of weights is asked for before this has passed.
import { OslmError } from "../errors.js";
import type { LicenseVerdict } from "../model/types.js";

/** Asks a person; false when they decline. @throws OslmError license-not-accepted where nobody can be asked */
export type Consent = (
  verdict: LicenseVerdict,
  model: { readonly ref: string; readonly url: string },
) => Promise<boolean>;

export interface Gate {
  /** What is to be pulled. */
  readonly ref: string;
  /** Where the license stands. */
  readonly url: string;
  /** Ids accepted by flag or earlier. */
  readonly accepted: readonly string[];
  judge(accepted: readonly string[]): LicenseVerdict;
  consent: Consent;
}

/** @throws OslmError license-denied, license-not-accepted, declined */
export async function passLicenseGate({ ref, url, accepted, judge, consent }: Gate): Promise<LicenseVerdict> {
  const verdict = judge(accepted);
  const { id, title, reasons, rule } = verdict;
  if (verdict.decision === "deny") {
    throw new OslmError("license-denied", { ref, id, title, class: verdict.class, reasons, ...rule });
  }
  if (verdict.decision === "allow") return verdict;
  if (await consent(verdict, { ref, url })) return judge([...accepted, id]);
  throw new OslmError("declined", { question: `The license ${id} was not accepted; nothing was downloaded.` });
}
