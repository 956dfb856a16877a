// The license of a file that came without a model card: what its header says.
import type { GeneralKeys } from "../gguf/geometry.js";
import { headerCard } from "../license/header.js";
import type { LicensePolicy } from "../license/policy.js";
import { judgeLicense } from "../license/verdict.js";
import type { LicenseVerdict, OpennessFact } from "../model/types.js";

/** What else is known besides the header. */
export interface AroundHeader {
  /** Ids that a person has accepted. */
  readonly accepted?: readonly string[];
  readonly policy?: LicensePolicy | undefined;
  /** How the model was made, which no header tells. */
  readonly training?: readonly OpennessFact[] | undefined;
}

/** Judges what the header states; silence is `unknown`. */
export function judgeHeader(
  general: GeneralKeys,
  { accepted = [], policy, training }: AroundHeader = {},
): LicenseVerdict {
  const verdict = judgeLicense({ card: headerCard(general), accepted, ...(training && { training }) }, policy);
  // There is no card here, and nothing but the header was looked at.
  const named = (text: string) => text.replace(/([Tt]he) model card/g, "$1 file's header");
  const evidence = verdict.evidence.map((claim) => ({
    ...claim,
    source: claim.source.replace("card.", "gguf.general."),
  }));
  const conflicts = verdict.conflicts.map((one) => ({
    ...one,
    source: one.source.replace("card.", "gguf.general."),
    explanation: named(one.explanation),
  }));
  return { ...verdict, reasons: verdict.reasons.map(named), evidence, conflicts };
}
