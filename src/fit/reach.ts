// The longest context that a model can have on a host.
import type { Host, Tokens } from "../model/types.js";
import type { KvType } from "./memory.js";
import {
  defaultContext,
  type LoadPlan,
  type LoadWishes,
  type NoLoadPlan,
  type PlanSubject,
  planLoad,
} from "./plan-load.js";

/** Contexts are told in whole steps of this: more precision means nothing to anybody. */
const STEP: Tokens = 1024;

export interface Reach {
  readonly ctx: Tokens;
  /** The KV type it takes. */
  readonly kvType: KvType;
}

/**
 * Up to what the model was trained for, or to the asked context where that is longer; never shorter than the asked (or default)
 * one: null when that does not fit.
 */
export function longestContext(subject: PlanSubject, host: Host, wishes: LoadWishes = {}): Reach | null {
  const plan = (ctx: Tokens) => planLoad(subject, host, { ...wishes, ctx });
  const least = wishes.ctx ?? defaultContext(subject.geometry);
  const first = plan(least);
  if (!first.fits) return null;
  let best: Reach = { ctx: least, kvType: first.kvType };
  // Of whole steps, `low` fit and `high + 1` do not, or are more than the model knows.
  let low = Math.floor(least / STEP);
  let high = Math.floor(subject.geometry.ctxTrain / STEP);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const attempt = plan(middle * STEP);
    if (attempt.fits) {
      low = middle;
      best = { ctx: middle * STEP, kvType: attempt.kvType };
    } else high = middle - 1;
  }
  return best;
}

export interface LongestContext {
  readonly longestContext: Tokens | null;
  readonly longestContextKvType: KvType | null;
}

/** The same of a load that has been planned already: where it does not fit, the context that would. */
export function reachOf(
  subject: PlanSubject,
  plan: LoadPlan | NoLoadPlan,
  host: Host,
  wishes: LoadWishes,
): LongestContext {
  const reach = plan.fits ? (longestContext(subject, host, wishes) ?? plan) : plan.instead;
  return { longestContext: reach?.ctx ?? null, longestContextKvType: reach?.kvType ?? null };
}
