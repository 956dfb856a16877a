// The license of a file of which no model card is known: what its header says.
import type { GeneralKeys } from "../../gguf/geometry.js";
import { headerCard } from "../../license/header.js";
import type { LicensePolicy } from "../../license/policy.js";
import type { PolicySubject } from "../../license/policy-answers.js";
import { judgeLicense } from "../../license/verdict.js";
import type { LicenseVerdict, OpennessFact } from "../../model/types.js";

/** What else is known besides the header. */
export interface AroundHeader {
  /** Ids that a person has accepted. */
  readonly accepted?: readonly string[];
  readonly policy?: LicensePolicy | undefined;
  /** How the model was made, which no header tells. */
  readonly training?: readonly OpennessFact[] | undefined;
  /** Ids that oslm's record has of these bytes, and the header does not. */
  readonly recorded?: readonly string[];
  /** What the catalog expects of the repository that the file is from. */
  readonly expected?: string | undefined;
  /** What nobody could look at. */
  readonly missing?: string;
  /** That repository, for the rules of a policy. */
  readonly subject?: PolicySubject;
}

/** Judges what the header states; silence is `unknown`. */
export function judgeHeader(
  general: GeneralKeys,
  { policy, recorded = [], training, expected, ...around }: AroundHeader = {},
): LicenseVerdict {
  const said = headerCard(general);
  const card = { ...said, license: [...said.license, ...recorded] };
  const known = { ...around, ...(training && { training }), ...(expected !== undefined && { expected }) };
  const verdict = judgeLicense({ card, ...known }, policy);
  // There is no card here, and nothing but the header was looked at.
  const named = (text: string) => text.replace(/([Tt]he) model card/g, "$1 file's header");
  const placed = (source: string) => source.replace("card.", "gguf.general.");
  const evidence = verdict.evidence.map((claim) => {
    const isRecorded = claim.source === "card.license" && recorded.includes(claim.value);
    return { ...claim, source: isRecorded ? "record" : placed(claim.source) };
  });
  const conflicts = verdict.conflicts.map((one) => ({
    ...one,
    source: placed(one.source),
    explanation: named(one.explanation),
  }));
  return { ...verdict, reasons: verdict.reasons.map(named), evidence, conflicts };
}
