// What publishers usually offer of a model, by the facts of the catalog.
import type { CatalogSize } from "../../catalog/catalog.js";
import { outline } from "../../fit/outline.js";
import { NATIVE_TYPE } from "../../fit/quantization-loss.js";
import type { Candidate } from "../../fit/weigh.js";
import { bitsPerWeight } from "../../model/quant.js";

/** Nearly every publisher has these; the repository itself may have more. */
export const USUAL_QUANTS = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"] as const;

/** The best first. A family that was trained in one type is offered in that alone. */
export function usualCandidates(size: CatalogSize): readonly Candidate[] {
  const geometry = outline(size);
  const native = NATIVE_TYPE[geometry.architecture];
  return (native === undefined ? USUAL_QUANTS : [native]).map((quant) => {
    const bytes = Math.round((size.params * (bitsPerWeight(quant) ?? 16)) / 8);
    return { geometry, variant: { quant, size: bytes, files: [{ path: quant, size: bytes, gitOid: "" }] } };
  });
}
