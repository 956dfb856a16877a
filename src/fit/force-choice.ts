// `--force` before the download: the variant that was asked for, or the smallest, although it does not fit.
import type { Host } from "../model/types.js";
import type { ChoiceWishes, Chosen, NothingFits } from "./choose.js";
import { forcePlan } from "./force-plan.js";

/** @throws RangeError for what fits without force */
export function forceChoice({ smallest }: NothingFits, host: Host, wishes: ChoiceWishes): Chosen {
  const { variant, subject, quant, quality, plan: refused } = smallest;
  if (refused.fits) throw new RangeError("it fits without force");
  const plan = forcePlan(subject, host, wishes, refused);
  const { estimate, gpuLayers, ctx, kvType, expectedTokensPerSecond, reasons } = plan;
  return {
    kind: "chosen",
    ...{ variant, subject, quant, quality, plan, estimate, gpuLayers, ctx, kvType, expectedTokensPerSecond, reasons },
    rejected: [],
  };
}
