// What each quantization of a model would need, and which one would be picked. Downloads nothing.
import type { ChoiceWishes } from "../fit/choose.js";
import { type PlanSubject, planLoad } from "../fit/plan-load.js";
import { qualityOf } from "../fit/quality.js";
import { longestContext } from "../fit/reach.js";
import { isFitting, type Weighed, weigh } from "../fit/weigh.js";
import { guessWeights } from "../fit/weights.js";
import type { ModelRef } from "../model/ref.js";
import type { Bytes, Estimate, Host, Tokens } from "../model/types.js";
import { asksForSpeed, type Candidates, chooseSound, readCandidates } from "./candidates.js";
import { strangeness } from "./check-architecture.js";
import { findLocal, type LocalModel } from "./local-model.js";
import { readModel } from "./read-model.js";
import { resolve } from "./resolve.js";
import type { World } from "./world.js";

export interface FitRow {
  readonly quant: string;
  readonly size: Bytes;
  readonly files: readonly string[];
  readonly estimate: Estimate;
  readonly fits: boolean;
  readonly reason: string;
  readonly chosen: boolean;
  /** All that could go to GPUs, the output head counted as one; `estimate.gpuLayers` is how many would. */
  readonly layers: number;
  /** The longest context that fits, up to the model's own; null when none of use does. */
  readonly longestContext: Tokens | null;
  /** With a full context; null for what does not fit. */
  readonly tokensPerSecond: number | null;
  readonly bitsPerWeight: number;
  /** Expected divergence from the unquantized model, in nats per token. */
  readonly loss: number;
}

/** All variants at one context. */
export interface ContextFit {
  readonly ctx: Tokens;
  readonly variants: readonly FitRow[];
  readonly choice: string | null;
  /** Of the choice, the levers in order; empty when nothing fits. */
  readonly reasons: readonly string[];
}

export interface FitReport extends ContextFit {
  readonly ref: string;
  readonly host: Host;
  /** One for each context that was asked for; the first is the report's own. */
  readonly contexts: readonly ContextFit[];
}

/** Contexts to weigh in; none means the default. */
export type FitWishes = Omit<ChoiceWishes, "ctx"> & { readonly contexts?: readonly Tokens[] };

/** A name of the Hub is asked there, whatever is stored; offline, and for files, what is here is weighed. */
export async function fitModel(
  world: World,
  ref: ModelRef,
  { contexts = [], ...wishes }: FitWishes,
): Promise<FitReport> {
  const remote = ref.kind === "catalog" || ref.kind === "hub";
  const local = remote && !world.offline ? undefined : await findLocal(world, ref);
  if (!local && !remote) throw new Error("a file is found or reported missing");
  const asked = contexts.length > 0 ? contexts.map((ctx) => ({ ...wishes, ctx })) : [wishes];
  const { name, host, fitAt } = local ? await weighLocal(world, local) : await weighRemote(world, ref, wishes);
  const [first, ...others] = asked.map(fitAt);
  if (first === undefined) throw new RangeError("no context to weigh in");
  return { ref: name, host, ...first, contexts: [first, ...others] };
}

interface Scales {
  readonly name: string;
  readonly host: Host;
  fitAt(wishes: ChoiceWishes): ContextFit;
}

async function weighRemote(world: World, ref: ModelRef, wishes: ChoiceWishes): Promise<Scales> {
  if (ref.kind !== "catalog" && ref.kind !== "hub") throw new Error("not a name of the Hub");
  const resolved = await resolve(world, ref);
  const found = await readCandidates(world, resolved, wishes);
  return { name: resolved.name, host: found.host, fitAt: (asked) => fitAmong(found, asked) };
}

/** The files themselves tell where their bytes lie. */
async function weighLocal(world: World, { quant, ref, paths }: LocalModel): Promise<Scales> {
  const { geometry, weights, parameters } = await readModel({ paths });
  const host = await world.host({ measured: asksForSpeed(weights.total) });
  const fileBits = (weights.total * 8) / Math.max(1, parameters);
  const { bits, loss } = qualityOf({ quant, fileBits, architecture: geometry.architecture });
  const fitAt = (wishes: ChoiceWishes): ContextFit => {
    const subject = { geometry, weights };
    const reach = wishes.prefer === "context" ? longestContext(subject, host, wishes) : null;
    const plan = planLoad(subject, host, reach === null ? wishes : { ...wishes, ctx: reach.ctx });
    const { estimate, reasons } = plan;
    const strange = strangeness(geometry);
    const fits = plan.fits && strange === null;
    const reason = strange ?? reasons.join("; ");
    const row: FitRow = {
      ...{ quant, size: weights.total, files: paths, estimate, fits, reason, chosen: fits },
      layers: geometry.blocks + 1,
      longestContext: strange === null ? reachOf(subject, plan, host, wishes) : null,
      tokensPerSecond: plan.fits && fits ? plan.expectedTokensPerSecond : null,
      ...{ bitsPerWeight: bits, loss },
    };
    return { ctx: estimate.ctx, variants: [row], choice: fits ? quant : null, reasons: fits ? reasons : [] };
  };
  return { name: ref, host, fitAt };
}

function fitAmong(found: Candidates, wishes: ChoiceWishes): ContextFit {
  const { broken, host, read } = found;
  const { geometry } = read;
  const strange = strangeness(geometry);
  const choice = chooseSound(found, wishes);
  const rowOf = (one: Weighed, reason: string, chosen = false): FitRow => {
    const { variant, quant, estimate, quality, plan } = one;
    const subject = { geometry, weights: guessWeights(geometry, variant.size) };
    return {
      ...{
        quant,
        size: variant.size,
        files: variant.files.map((file) => file.path),
        estimate,
        fits: plan.fits,
        reason,
      },
      ...{ chosen, layers: geometry.blocks + 1, longestContext: reachOf(subject, plan, host, wishes) },
      tokensPerSecond: isFitting(one) ? one.plan.expectedTokensPerSecond : null,
      ...{ bitsPerWeight: quality.bits, loss: quality.loss },
    };
  };
  const refused = (row: FitRow, reason: string): FitRow => {
    return { ...row, fits: false, chosen: false, reason, longestContext: null, tokensPerSecond: null };
  };
  const rows = choice.rejected.map((one) => rowOf(one, one.reason));
  if (choice.kind === "chosen") rows.push(rowOf({ ...choice, fits: true, reason: "" }, choice.reasons[0] ?? "", true));
  for (const { variant, reason } of broken) {
    rows.push(refused(rowOf(weigh({ variant, geometry }, host, wishes), ""), `header: ${reason}`));
  }
  rows.sort((a, b) => b.size - a.size);
  const chosen = choice.kind === "chosen" && strange === null ? choice : null;
  return {
    ctx: chosen?.ctx ?? rows[0]?.estimate.ctx ?? 0,
    variants: strange === null ? rows : rows.map((row) => refused(row, strange)),
    choice: chosen?.quant ?? null,
    reasons: chosen?.reasons ?? [],
  };
}

function reachOf(subject: PlanSubject, plan: Weighed["plan"], host: Host, wishes: ChoiceWishes): Tokens | null {
  return plan.fits ? (longestContext(subject, host, wishes)?.ctx ?? plan.ctx) : (plan.instead?.ctx ?? null);
}
