// Which quantization of a model to take on this host, and why not the others.
import type { Estimate, GgufVariant, Host, Tokens } from "../model/types.js";
import type { Shortage } from "./capacity.js";
import type { KvType } from "./memory.js";
import type { LoadPlan, LoadWishes, PlanSubject } from "./plan-load.js";
import { best, type Preference, prefer } from "./preferences.js";
import type { Quality } from "./quality.js";
import { sayVariant } from "./say.js";
import { type Candidate, isFitting, type Weighed, weigh } from "./weigh.js";
import { whyNot } from "./why-not.js";

export interface ChoiceWishes extends LoadWishes {
  /** Default: balanced. */
  readonly prefer?: Preference;
  /** Canonical label; this one or none. */
  readonly quant?: string;
}

export interface Chosen {
  readonly kind: "chosen";
  readonly variant: GgufVariant;
  readonly subject: PlanSubject;
  readonly quant: string;
  readonly quality: Quality;
  readonly plan: LoadPlan;
  readonly estimate: Estimate;
  readonly gpuLayers: number;
  readonly ctx: Tokens;
  readonly kvType: KvType;
  readonly expectedTokensPerSecond: number;
  readonly reasons: readonly string[];
  readonly rejected: readonly Weighed[];
}

export interface NothingFits {
  readonly kind: "nothing-fits";
  /** The candidate that needs least. */
  readonly smallest: Weighed;
  readonly shortage: Shortage;
  /** What would fit of this model here: another quantization than the one asked for, or a smaller context. */
  readonly instead: { readonly variant: GgufVariant; readonly quant: string; readonly ctx: Tokens } | null;
  readonly rejected: readonly Weighed[];
}

/** The wished quantization is not among the candidates, or there are none. */
export interface NoSuchQuant {
  readonly kind: "no-such-quant";
  readonly quant: string | null;
  readonly available: readonly string[];
}

export type Choice = Chosen | NothingFits | NoSuchQuant;

/**
 * The same candidates, host and wishes always give the same choice. The levers of each, in this order: fewer layers on the GPU, a
 * smaller KV type (both in plan-load.ts), then a smaller quantization. (A fourth, experts of a mixture kept in RAM while the rest
 * is on the GPU, llama.cpp has and node-llama-cpp 3.22 does not hand on.)
 */
export function chooseVariant(candidates: readonly Candidate[], host: Host, wishes: ChoiceWishes = {}): Choice {
  const { quant, prefer: preference = "balanced" } = wishes;
  const asked = candidates.filter(({ variant }) => quant === undefined || variant.quant === quant);
  if (asked.length === 0) {
    const available = [...new Set(candidates.map(({ variant }) => variant.quant))];
    return { kind: "no-such-quant", quant: quant ?? null, available };
  }
  const all = candidates.map((candidate) => weigh(candidate, host, wishes, preference === "context"));
  const weighed = all.filter((one) => quant === undefined || one.quant === quant);
  const fitting = weighed.filter(isFitting);
  if (fitting.length === 0) return nothingFits(weighed, all);
  const { pick, reasons } =
    quant === undefined
      ? prefer(preference, fitting)
      : best(fitting, ({ variant }) => `${sayVariant(variant)}, as asked`);
  const { plan, variant, subject, quality } = pick;
  return {
    kind: "chosen",
    variant,
    subject,
    quant: variant.quant,
    quality,
    plan,
    estimate: plan.estimate,
    gpuLayers: plan.gpuLayers,
    ctx: plan.ctx,
    kvType: plan.kvType,
    expectedTokensPerSecond: plan.expectedTokensPerSecond,
    reasons: [...reasons, ...plan.reasons],
    rejected: weighed
      .filter((one) => one.variant !== variant)
      .map((one) => (isFitting(one) ? { ...one, reason: whyNot(one, pick, preference) } : one)),
  };
}

function nothingFits(weighed: readonly Weighed[], all: readonly Weighed[]): NothingFits {
  const [least] = [...weighed].sort((a, b) => a.estimate.total - b.estimate.total);
  if (least === undefined || least.plan.fits) throw new RangeError("something fits");
  const others = all.filter(isFitting);
  const other = others.length > 0 ? best(others, () => "").pick : undefined;
  const { instead } = least.plan;
  const offer = other !== undefined ? { variant: other.variant, quant: other.quant, ctx: other.plan.ctx } : null;
  return {
    kind: "nothing-fits",
    smallest: least,
    shortage: least.plan.shortage,
    instead: offer ?? (instead === null ? null : { variant: least.variant, quant: least.quant, ctx: instead.ctx }),
    rejected: weighed,
  };
}
