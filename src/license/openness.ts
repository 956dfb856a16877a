// Open in which sense? A license says what one may do with the weights, not how the model was made. docs/openness.md explains
// the classes.
import type { LicenseClass, Openness, OpennessFact } from "../model/types.js";

type Open = OpennessFact["open"];

/** What each class of license makes of the weights alone. */
const BY_LICENSE: Readonly<Record<LicenseClass, Openness>> = {
  "public-domain": "open-weights",
  permissive: "open-weights",
  "weak-copyleft": "open-weights",
  copyleft: "open-weights",
  "responsible-use": "responsible-use",
  community: "source-available",
  "non-commercial": "non-commercial",
  "research-only": "research-only",
  unknown: "unknown",
};

/**
 * `open-source` follows the Open Source AI Definition 1.0 (OSI, 2024): besides open weights it takes the training code, and
 * information on the data that is enough to build the like; `open-science` the training data as well, as class I of the Model
 * Openness Framework does (arXiv:2403.13784). A doubtful license opens nothing.
 */
export function judgeOpenness(
  license: { readonly id: string; readonly class: LicenseClass; readonly doubtful: boolean },
  training: readonly OpennessFact[],
): { readonly openness: Openness; readonly opennessFacts: readonly OpennessFact[] } {
  const weights = weightsOf(license);
  const isOpen = (component: OpennessFact["component"]): boolean =>
    training.some((fact) => fact.component === component && fact.open === "yes");
  const isSource = isOpen("training-code") && isOpen("data-information");
  const restricted = BY_LICENSE[license.class];
  return {
    openness:
      restricted !== "open-weights"
        ? restricted
        : weights.open !== "yes"
          ? "unknown"
          : !isSource
            ? "open-weights"
            : isOpen("training-data")
              ? "open-science"
              : "open-source",
    opennessFacts: [weights, ...training],
  };
}

function weightsOf({ id, class: licenseClass, doubtful }: Parameters<typeof judgeOpenness>[0]): OpennessFact {
  const isFree = BY_LICENSE[licenseClass] === "open-weights";
  const open: Open = licenseClass === "unknown" || (isFree && doubtful) ? "unknown" : isFree ? "yes" : "no";
  const doubt = doubtful ? ", in doubt" : "";
  return { component: "weights", open, source: `license ${id} (${licenseClass})${doubt}` };
}
