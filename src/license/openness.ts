// Open in which sense? A license says what one may do with the weights, not how the model was made.
import type { LicenseClass, Openness } from "../model/types.js";

const OPEN: ReadonlySet<LicenseClass> = new Set(["public-domain", "permissive", "weak-copyleft", "copyleft"]);
const CONDITIONAL: ReadonlySet<LicenseClass> = new Set(["responsible-use", "community"]);

/**
 * `open-source` follows the Open Source AI Definition 1.0 (OSI, 2024): besides open weights it takes the training code and
 * the data, or information enough to rebuild it. `trainingDisclosed` says that this is proven; nothing in a license does.
 * A `doubtful` license opens nothing.
 */
export function classifyOpenness(license: LicenseClass, doubtful: boolean, trainingDisclosed: boolean): Openness {
  if (OPEN.has(license)) return doubtful ? "unknown" : trainingDisclosed ? "open-source" : "open-weights";
  return CONDITIONAL.has(license) ? "source-available" : "unknown";
}
