// How many texts to compute at once.
import type { Host } from "../model/types.js";
import { type LoadPlan, type LoadWishes, type NoLoadPlan, type PlanSubject, planLoad } from "./plan-load.js";

/** A decode reads all weights whatever the number of sequences, so more of them cost less until the cores are busy (bench/README.md). */
const PER_CORE = 4;
const MOST = 16;

/**
 * The plan for as many sequences as are of use and fit, at most `most`, without paying for them by a smaller KV type or fewer layers
 * on the GPU.
 */
export function planSequences(
  subject: PlanSubject,
  host: Host,
  wishes: LoadWishes,
  most: number,
): LoadPlan | NoLoadPlan {
  const alone = planLoad(subject, host, { ...wishes, sequences: 1 });
  if (!alone.fits) return alone;
  const wanted = Math.min(most, MOST, Math.max(1, Math.floor(host.cores)) * PER_CORE);
  for (let sequences = wanted; sequences > 1; sequences = Math.floor(sequences / 2)) {
    const plan = planLoad(subject, host, { ...wishes, sequences });
    if (plan.fits && plan.kvType === alone.kvType && plan.gpuLayers === alone.gpuLayers) return plan;
  }
  return alone;
}
