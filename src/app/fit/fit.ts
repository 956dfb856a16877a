// What each quantization of a model would need, and which one would be picked. Downloads nothing.
import type { ChoiceWishes } from "../../fit/choose.js";
import type { KvType } from "../../fit/memory.js";
import { reachOf } from "../../fit/reach.js";
import { isFitting, type Weighed, weigh } from "../../fit/weigh.js";
import type { Projector } from "../../gguf/projector.js";
import type { ModelRef } from "../../model/ref.js";
import type { Bytes, Estimate, Host, LeftOut, Tokens } from "../../model/types.js";
import { isCheckpoint } from "../convert/is-checkpoint.js";
import { givenByOf } from "../names/given-by.js";
import { withVerb } from "../names/with-verb.js";
import { strangeness } from "../pull/check-architecture.js";
import { refuseUnported } from "../pull/refuse-unported.js";
import { remoteProjector } from "../pull/remote-projector.js";
import { type ResolvedRepo, resolveRepo, withVariants } from "../pull/resolve.js";
import { whileUnreachable } from "../pull/while-unreachable.js";
import type { World } from "../world.js";
import { type Candidates, chooseSound, readCandidates, withSoundPicks } from "./candidates.js";
import { weighStored } from "./fit-local.js";
import { projectorBytes } from "./plan-images.js";

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
  /** Of the KV cache there: `f16`, or what it takes to reach it. */
  readonly longestContextKvType: KvType | null;
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
  /** Whose catalog has the name; null for oslm's own, and for what is no such name. */
  readonly givenBy: string | null;
  readonly host: Host;
  /** GGUF files of the repository that are not among the variants. */
  readonly leftOut: readonly LeftOut[];
  /** The context that the model was trained with; null where the file does not tell. */
  readonly trainedFor: Tokens | null;
  /** Why none of it can be loaded, however much memory there is; null where there is no such reason. */
  readonly obstacle: string | null;
  /** What turns images into what the model reads, in every row's sum; given where it has such a file. */
  readonly images?: FitImages | undefined;
  /** Given where the repository has no GGUF files: a pull downloads a checkpoint of so many bytes, and converts it. */
  readonly converted?: { readonly architecture: string; readonly bytes: Bytes } | undefined;
  /** One for each context that was asked for; the first is the report's own. */
  readonly contexts: readonly ContextFit[];
}

export interface FitImages {
  readonly file: string;
  readonly kind: string;
  /** Of the projector with what computing takes. */
  readonly bytes: Bytes;
  /** Of the context, for each image; null where that depends on the image. */
  readonly tokens: Tokens | null;
}

/** Contexts to weigh in; none means the default. */
export type FitWishes = Omit<ChoiceWishes, "ctx"> & { readonly contexts?: readonly Tokens[] };

/** A name of the Hub is asked there, whatever is stored; offline, and for files, what is here is weighed. */
export async function fitModel(
  world: World,
  ref: ModelRef,
  { contexts = [], ...wishes }: FitWishes,
): Promise<FitReport> {
  const asked = contexts.length > 0 ? contexts.map((ctx) => ({ ...wishes, ctx })) : [wishes];
  const scales = await weighAny(world, ref, asked).catch(async (error: unknown) => {
    throw withVerb(await whileUnreachable(world, error, ref, "fit"), "fit");
  });
  const { name, host, leftOut, obstacle, trainedFor, converted, images, fitAt } = scales;
  const [first, ...others] = asked.map(fitAt);
  if (first === undefined) throw new RangeError("no context to weigh in");
  const told = { ref: name, givenBy: givenByOf(ref), host, leftOut, obstacle, trainedFor: trainedFor || null };
  return {
    ...told,
    ...(images && { images }),
    ...(converted && { converted }),
    ...first,
    contexts: [first, ...others],
  };
}

export interface Scales {
  readonly name: string;
  readonly host: Host;
  readonly leftOut: readonly LeftOut[];
  readonly obstacle: string | null;
  readonly trainedFor: Tokens;
  /** Of a repository without GGUF files: what it holds in their place. */
  readonly converted?: FitReport["converted"];
  readonly images?: FitImages | undefined;
  fitAt(wishes: ChoiceWishes): ContextFit;
}

async function weighAny(world: World, ref: ModelRef, asked: readonly ChoiceWishes[]): Promise<Scales> {
  return (await weighStored(world, ref, asked[0] ?? {})) ?? weighRemote(world, ref, asked);
}

async function weighRemote(world: World, ref: ModelRef, asked: readonly ChoiceWishes[]): Promise<Scales> {
  if (ref.kind !== "catalog" && ref.kind !== "hub") throw new Error("not a name of the Hub");
  refuseUnported(ref);
  const repo = await resolveRepo(world, ref);
  if (isCheckpoint(ref, repo.snapshot)) return weighCheckpoint(world, repo, ref.quant ?? asked[0]?.quant);
  const resolved = withVariants(ref, repo);
  const projector = await remoteProjector(world, resolved);
  const seeing = (wishes: ChoiceWishes): ChoiceWishes => ({
    ...wishes,
    ...(projector && { projector: projectorBytes(projector) }),
  });
  const first = await readCandidates(world, resolved, seeing(asked[0] ?? {}));
  const { host, read } = first;
  const { geometry } = read;
  // Of what the engine does not know nothing is picked.
  const obstacle = strangeness(geometry);
  const found = obstacle === null ? await withSoundPicks(world, resolved, first, asked.map(seeing)) : first;
  const { name, leftOut } = resolved;
  return {
    ...{ name, leftOut, host, obstacle, trainedFor: geometry.ctxTrain },
    ...(projector && { images: fitImages(projector.file.path, projector) }),
    fitAt: (wishes) => fitAmong(found, seeing(wishes)),
  };
}

export function fitImages(file: string, projector: Projector): FitImages {
  const { kind, tokens } = projector;
  return { file, kind, bytes: projectorBytes(projector), tokens };
}

/** What it could be converted to. */
async function weighCheckpoint(
  world: World,
  { name, snapshot }: ResolvedRepo,
  quant: string | undefined,
): Promise<Scales> {
  const { readCheckpoint } = await import("../convert/read-checkpoint.js");
  const { found, architecture, files } = await readCheckpoint(world, snapshot, quant);
  const { geometry } = found.read;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return {
    ...{ name, leftOut: [], host: found.host, obstacle: strangeness(geometry), trainedFor: geometry.ctxTrain },
    converted: { architecture, bytes },
    fitAt: (wishes) => fitAmong(found, wishes),
  };
}

function fitAmong(found: Candidates, wishes: ChoiceWishes): ContextFit {
  const { broken, host, read } = found;
  const { geometry } = read;
  const strange = strangeness(geometry);
  const choice = chooseSound(found, wishes);
  const rowOf = (one: Weighed, reason: string, chosen = false): FitRow => {
    const { variant, subject, quant, estimate, quality, plan } = one;
    return {
      ...{
        quant,
        size: variant.size,
        files: variant.files.map((file) => file.path),
        estimate,
        fits: plan.fits,
        reason,
      },
      ...{ chosen, layers: geometry.blocks + 1, ...reachOf(subject, plan, host, wishes) },
      tokensPerSecond: isFitting(one) ? one.plan.expectedTokensPerSecond : null,
      ...{ bitsPerWeight: quality.bits, loss: quality.loss },
    };
  };
  const refused = (row: FitRow, reason: string): FitRow => {
    const nowhere = { longestContext: null, longestContextKvType: null, tokensPerSecond: null };
    return { ...row, fits: false, chosen: false, reason, ...nowhere };
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
