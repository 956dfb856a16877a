// The license of a file that came without a model card: what its header says.
import type { GeneralKeys } from "../gguf/geometry.js";
import { judgeLicense } from "../license/verdict.js";
import type { LicenseVerdict } from "../model/types.js";

/** Judges what the header states; silence is `unknown`. @param accepted ids that a person has accepted */
export function judgeHeader(general: GeneralKeys, accepted: readonly string[] = []): LicenseVerdict {
  const { license, licenseName, licenseLink, baseModels } = general;
  return judgeLicense({
    card: {
      license: license === null ? [] : [license],
      ...(licenseName !== null && { licenseName }),
      ...(licenseLink !== null && { licenseLink }),
      baseModels,
    },
    accepted,
  });
}
