// `--force` before the download: the variant that was asked for, or the smallest, although it does not fit.
import type { Geometry } from "../gguf/geometry.js";
import type { Host } from "../model/types.js";
import type { ChoiceWishes, Chosen, NothingFits } from "./choose.js";
import { forcePlan } from "./force-plan.js";
import { guessWeights } from "./weights.js";

/** @param geometry of any variant of the repository */
export function forceChoice({ smallest }: NothingFits, geometry: Geometry, host: Host, wishes: ChoiceWishes): Chosen {
  const { variant, quant, quality, plan: refused } = smallest;
  if (refused.fits) throw new RangeError("it fits without force");
  const subject = { geometry, weights: guessWeights(geometry, variant.size, { ...host, quant }) };
  const plan = forcePlan(subject, host, wishes, refused);
  const { estimate, gpuLayers, ctx, kvType, expectedTokensPerSecond, reasons } = plan;
  return {
    kind: "chosen",
    ...{ variant, quant, quality, plan, estimate, gpuLayers, ctx, kvType, expectedTokensPerSecond, reasons },
    rejected: [],
  };
}
