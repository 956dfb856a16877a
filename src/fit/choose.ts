// Which quantization of a model to take on this host, and why not the others.
import type { Geometry } from "../gguf/geometry.js";
import type { Estimate, GgufVariant, Host, Tokens } from "../model/types.js";
import type { Shortage } from "./capacity.js";
import type { KvType } from "./memory.js";
import { type LoadPlan, type LoadWishes, type NoLoadPlan, planLoad } from "./plan-load.js";
import { nominalBits, qualityOf } from "./quality.js";
import { say } from "./say.js";
import { READING_SPEED } from "./speed.js";
import { guessWeights, parameterCount } from "./weights.js";

export interface Candidate {
  readonly variant: GgufVariant;
  /** Of any variant of the same model: only the weights differ. */
  readonly geometry: Geometry;
}

export type Preference = "balanced" | "quality" | "speed";

export interface ChoiceWishes extends LoadWishes {
  /** Default: balanced. */
  readonly prefer?: Preference;
  /** Canonical label; this one or none. */
  readonly quant?: string;
}

/** One candidate weighed; `oslm fit` lists them all. */
export interface Weighed {
  readonly variant: GgufVariant;
  readonly quant: string;
  /** Nominal bits per weight; from the size where the file's name tells none. */
  readonly bits: number;
  readonly fits: boolean;
  readonly estimate: Estimate;
  readonly plan: LoadPlan | NoLoadPlan;
  /** Why it was not chosen, or how it would load. With numbers. */
  readonly reason: string;
}

export interface Chosen {
  readonly kind: "chosen";
  readonly variant: GgufVariant;
  readonly quant: string;
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
  readonly instead: { readonly quant: string; readonly ctx: Tokens } | null;
  readonly rejected: readonly Weighed[];
}

/** The wished quantization is not among the candidates, or there are none. */
export interface NoSuchQuant {
  readonly kind: "no-such-quant";
  readonly quant: string | null;
  readonly available: readonly string[];
}

export type Choice = Chosen | NothingFits | NoSuchQuant;

/** Q4: below it, loss shows in ordinary use. */
const DECENT_BITS = 4;
/** Q8_0: above it nothing is gained that people notice, at twice the size. */
const AMPLE_BITS = 8;
/** What is taken when nothing reaches reading speed. */
const FALLBACK = "Q4_K_M";

export function chooseVariant(candidates: readonly Candidate[], host: Host, wishes: ChoiceWishes = {}): Choice {
  const { quant, prefer = "balanced" } = wishes;
  const asked = candidates.filter(({ variant }) => quant === undefined || variant.quant === quant);
  if (asked.length === 0) {
    const available = [...new Set(candidates.map(({ variant }) => variant.quant))];
    return { kind: "no-such-quant", quant: quant ?? null, available };
  }
  const all = candidates.map((candidate) => weigh(candidate, host, wishes));
  const weighed = all.filter((one) => quant === undefined || one.quant === quant);
  const fitting = weighed.filter(isFitting);
  if (fitting.length === 0) return nothingFits(weighed, all);
  const { pick, reasons } = quant === undefined ? PREFERENCES[prefer](fitting) : bestOf(fitting, `${quant}, as asked`);
  const { plan, variant } = pick;
  return {
    kind: "chosen",
    variant,
    quant: variant.quant,
    plan,
    estimate: plan.estimate,
    gpuLayers: plan.gpuLayers,
    ctx: plan.ctx,
    kvType: plan.kvType,
    expectedTokensPerSecond: plan.expectedTokensPerSecond,
    reasons: [...reasons, ...plan.reasons],
    rejected: weighed.filter((one) => one.variant !== variant).map((one) => reject(one, pick, prefer)),
  };
}

type Fitting = Weighed & { readonly plan: LoadPlan };
interface Pick {
  readonly pick: Fitting;
  readonly reasons: readonly string[];
}

function isFitting(one: Weighed): one is Fitting {
  return one.plan.fits;
}

function weigh({ variant, geometry }: Candidate, host: Host, wishes: ChoiceWishes): Weighed {
  const plan = planLoad({ geometry, weights: guessWeights(geometry, variant.size) }, host, wishes);
  const reason = plan.fits
    ? `about ${plan.expectedTokensPerSecond} tokens/s, ${say(plan.estimate.total)}`
    : (plan.reasons[0] ?? "does not fit");
  const bits = nominalBits(variant.quant) || Math.floor((variant.size * 8) / Math.max(parameterCount(geometry), 1));
  return { variant, quant: variant.quant, bits, fits: plan.fits, estimate: plan.estimate, plan, reason };
}

/** Greatest first. */
function descending(value: (one: Fitting) => number) {
  return (a: Fitting, b: Fitting) => value(b) - value(a) || a.variant.size - b.variant.size;
}
const byQuality = descending(({ quant }) => qualityOf(quant));

function bestOf(fitting: readonly Fitting[], reason: string): Pick {
  const [pick] = [...fitting].sort(byQuality);
  if (pick === undefined) throw new RangeError("nothing to choose from");
  return { pick, reasons: [reason] };
}

const PREFERENCES: Readonly<Record<Preference, (fitting: readonly Fitting[]) => Pick>> = {
  quality: (fitting) => {
    const { pick } = bestOf(fitting, "");
    return { pick, reasons: [`${pick.quant}: the best quality that fits`] };
  },
  speed: (fitting) => {
    const decent = fitting.filter(({ bits }) => bits >= DECENT_BITS);
    if (decent.length === 0) return belowDecent(fitting);
    const [pick] = [...decent].sort((a, b) => a.variant.size - b.variant.size);
    if (pick === undefined) return belowDecent(fitting);
    return { pick, reasons: [`${pick.quant}: the smallest of at least Q4 quality`] };
  },
  balanced: (fitting) => {
    const ordinary = fitting.filter(({ bits }) => bits >= DECENT_BITS && bits <= AMPLE_BITS);
    if (ordinary.length > 0) return balance(ordinary);
    const below = fitting.filter(({ bits }) => bits < DECENT_BITS);
    // A repository may hold F16 only: then that is what there is.
    if (below.length === 0) return smallest(fitting, "nothing between Q4 and Q8 is offered");
    return belowDecent(below);
  },
};

function balance(ordinary: readonly Fitting[]): Pick {
  // A cache in F16 comes before more bits in the weights: the KV type is the last lever.
  const plain = ordinary.filter(({ plan }) => plan.kvType === "f16");
  const pool = plain.length > 0 ? plain : ordinary;
  const fast = pool.filter(({ plan }) => plan.expectedTokensPerSecond >= READING_SPEED);
  if (fast.length > 0) {
    const { pick } = bestOf(fast, "");
    return {
      pick,
      reasons: [
        `${pick.quant}: the best quality up to Q8_0 that fits and is expected to reach ${READING_SPEED} tokens/s`,
      ],
    };
  }
  const distance = ({ quant }: Fitting) => Math.abs(qualityOf(quant) - qualityOf(FALLBACK));
  const [pick] = [...pool].sort((a, b) => distance(a) - distance(b) || a.variant.size - b.variant.size);
  if (pick === undefined) throw new RangeError("nothing to choose from");
  const speed = pick.plan.expectedTokensPerSecond;
  return {
    pick,
    reasons: [`${pick.quant}: nothing that fits reaches ${READING_SPEED} tokens/s here (this one about ${speed})`],
  };
}

function belowDecent(fitting: readonly Fitting[]): Pick {
  const { pick } = bestOf(fitting, "");
  return { pick, reasons: [`${pick.quant}: nothing of Q4 quality or better fits; expect noticeably worse answers`] };
}

function smallest(fitting: readonly Fitting[], why: string): Pick {
  const [pick] = [...fitting].sort((a, b) => a.variant.size - b.variant.size);
  if (pick === undefined) throw new RangeError("nothing to choose from");
  return { pick, reasons: [`${pick.quant}: ${why}`] };
}

function reject(one: Weighed, pick: Fitting, prefer: Preference): Weighed {
  if (!isFitting(one)) return one;
  const { bits } = one;
  const speed = one.plan.expectedTokensPerSecond;
  const why = () => {
    if (bits < DECENT_BITS) return "below Q4 quality";
    if (prefer === "balanced" && bits > AMPLE_BITS) return "above Q8_0, taken only when asked for";
    if (prefer === "speed") return `larger than ${pick.quant}`;
    if (one.plan.kvType !== pick.plan.kvType) return `fits only with the KV cache in ${one.plan.kvType}`;
    if (prefer === "balanced" && speed < READING_SPEED) return `about ${speed} tokens/s, below reading speed`;
    return `lower quality than ${pick.quant}`;
  };
  return { ...one, reason: why() };
}

function nothingFits(weighed: readonly Weighed[], all: readonly Weighed[]): NothingFits {
  const [least] = [...weighed].sort((a, b) => a.estimate.total - b.estimate.total);
  if (least === undefined || least.plan.fits) throw new RangeError("something fits");
  const [other] = all.filter(isFitting).sort(byQuality);
  const { instead } = least.plan;
  const offer = other !== undefined ? { quant: other.quant, ctx: other.plan.ctx } : null;
  return {
    kind: "nothing-fits",
    smallest: least,
    shortage: least.plan.shortage,
    instead: offer ?? (instead === null ? null : { quant: least.quant, ctx: instead.ctx }),
    rejected: weighed,
  };
}
