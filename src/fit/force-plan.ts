// `--force`: the load that came closest to fitting, although it does not.
import type { Host } from "../model/types.js";
import { ramNeeded } from "./capacity.js";
import {
  type LoadPlan,
  type LoadWishes,
  type NoLoadPlan,
  type PlanSubject,
  peakOf,
  planLoad,
  sayNeed,
} from "./plan-load.js";
import { say } from "./say.js";

/** More memory than any plan needs, of which shares can still be computed. */
const PLENTY = 2 ** 20;

/** Mapped where there is not enough, so that the system may drop pages of the file rather than end the process. */
export function forcePlan(
  subject: PlanSubject,
  host: Host,
  wishes: LoadWishes,
  { estimate, shortage }: NoLoadPlan,
): LoadPlan {
  const { gpuLayers, kvType } = estimate;
  const endless: Host = {
    ...host,
    ramAvailable: (host.ramTotal + 1) * PLENTY,
    gpus: host.gpus.map((gpu) => ({ ...gpu, vramFree: (gpu.vramFree + 1) * PLENTY })),
  };
  const plan = planLoad(subject, endless, { ...wishes, gpuLayers, kvType });
  if (!plan.fits) throw new RangeError("a model that no machine can hold");
  const reason = `forced: needs ${say(shortage.need)} of ${shortage.device}, usable are ${say(shortage.have)}`;
  const untrue = sayNeed(plan.estimate, endless);
  // Below a limit on addresses a mapped file takes more, not less; so does what is repacked, where only the margin is missing.
  const useMmap = host.mayMap !== false && ramNeeded(estimate) > host.ramAvailable;
  const peak = peakOf(subject, plan.estimate, useMmap);
  return { ...plan, useMmap, peak, reasons: [reason, ...plan.reasons.filter((one) => one !== untrue)] };
}
