// One quantization of a model, weighed on one host.
import type { Geometry } from "../gguf/geometry.js";
import type { Estimate, GgufVariant, Host } from "../model/types.js";
import { guessedSubject } from "./guessed-subject.js";
import { type LoadPlan, type LoadWishes, type NoLoadPlan, type PlanSubject, planLoad } from "./plan-load.js";
import { type Quality, qualityOf } from "./quality.js";
import { CACHE_LOSS } from "./quantization-loss.js";
import { longestContext } from "./reach.js";
import { say } from "./say.js";
import { parameterCount, type Weights } from "./weights.js";

export interface Candidate {
  readonly variant: GgufVariant;
  /** Of any variant of the same model: only the weights differ. */
  readonly geometry: Geometry;
  /** Where they are known exactly; else they are guessed from the size. */
  readonly weights?: Weights;
}

/** One candidate weighed; `oslm fit` lists them all. */
export interface Weighed {
  readonly variant: GgufVariant;
  /** As it was planned. */
  readonly subject: PlanSubject;
  readonly quant: string;
  readonly quality: Quality;
  readonly fits: boolean;
  readonly estimate: Estimate;
  readonly plan: LoadPlan | NoLoadPlan;
  /** Why it was not chosen, or how it would load. With numbers. */
  readonly reason: string;
}

export type Fitting = Weighed & { readonly plan: LoadPlan };

export function isFitting(one: Weighed): one is Fitting {
  return one.plan.fits;
}

/** Of the weights and of the cache together, in nats per token. */
export function lossOf({ quality, plan }: Fitting): number {
  return quality.loss + CACHE_LOSS[plan.kvType];
}

/** @param longest plan for the longest context that fits, which is never shorter than the asked one */
export function weigh(candidate: Candidate, host: Host, wishes: LoadWishes, longest = false): Weighed {
  const { variant, geometry, weights } = candidate;
  const subject = weights === undefined ? guessedSubject(geometry, variant, host) : { geometry, weights };
  const reach = longest ? longestContext(subject, host, wishes) : null;
  const plan = planLoad(subject, host, reach === null ? wishes : { ...wishes, ctx: reach.ctx });
  const reason = plan.fits
    ? `about ${plan.expectedTokensPerSecond} tokens/s, ${say(plan.estimate.total)}`
    : (plan.reasons[0] ?? "does not fit");
  const fileBits = (variant.size * 8) / Math.max(parameterCount(geometry), 1);
  const quality = qualityOf({ quant: variant.quant, fileBits, architecture: geometry.architecture });
  return { variant, subject, quant: variant.quant, quality, fits: plan.fits, estimate: plan.estimate, plan, reason };
}
