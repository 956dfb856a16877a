// The license of a file that came without a model card: what its header says.
import type { GeneralKeys } from "../gguf/geometry.js";
import { judgeLicense } from "../license/verdict.js";
import type { LicenseVerdict } from "../model/types.js";

/** Judges what the header states; silence is `unknown`. @param accepted ids that a person has accepted */
export function judgeHeader(general: GeneralKeys, accepted: readonly string[] = []): LicenseVerdict {
  const { license, licenseName, licenseLink, baseModels } = general;
  const verdict = judgeLicense({
    card: {
      license: license === null ? [] : [license],
      ...(licenseName !== null && { licenseName }),
      ...(licenseLink !== null && { licenseLink }),
      baseModels,
    },
    accepted,
  });
  // There is no card here, and nothing but the header was looked at.
  const reasons = verdict.reasons.map((reason) => reason.replaceAll("the model card", "the file's header"));
  const evidence = verdict.evidence.map((claim) => ({
    ...claim,
    source: claim.source.replace("card.", "gguf.general."),
  }));
  return { ...verdict, reasons, evidence };
}
