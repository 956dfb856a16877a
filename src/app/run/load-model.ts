// From a local model to a loaded one: what fits now, a rehearsal where it is due, the load, and what to say when it fails.
import { basename } from "node:path";
import { isOslmError } from "../../errors.js";
import type { Shortage } from "../../fit/capacity.js";
import { foreseenByFormula, sayEngineCount } from "../../fit/engine-count.js";
import { forcePlan } from "../../fit/force-plan.js";
import { type LoadPlan, type LoadWishes, planLoad } from "../../fit/plan-load.js";
import { planSequences } from "../../fit/plan-sequences.js";
import type { EngineCount } from "../../model/load-record.js";
import { quoted } from "../../model/quoted.js";
import type { Bytes, Host } from "../../model/types.js";
import type { Engine, LoadedModel, LoadOptions } from "../../runtime/engine.js";
import { doesNotFit, ranOut } from "../fit/does-not-fit.js";
import { type Misfit, smallerModels } from "../fit/smaller-models.js";
import { again, type Stuck, waysAfter, waysOut } from "../fit/ways-out.js";
import { checkArchitecture } from "../pull/check-architecture.js";
import type { World } from "../world.js";
import type { LocalModel } from "./local-model.js";
import type { ReadAdapter } from "./read-adapters.js";
import type { ReadModel } from "./read-model.js";
import { rehearseAdapters } from "./rehearse-adapters.js";
import { canTakeAll, rehearseLoad } from "./rehearse-load.js";

export interface LoadOrders {
  /** Loads although the plan does not fit. */
  readonly force?: boolean;
  /** Told before such a load: by how much it does not fit, and whether it is tried in a process of its own first. */
  readonly onForced?: (shortage: Shortage, tried: boolean) => void;
  /** As many texts at once as are of use and fit, at most so many. Not given: as the wishes say. */
  readonly upTo?: number;
  /** The command with that model, as it can be pasted; default `oslm run`. */
  readonly command?: (ref: string) => string;
}

export interface LoadRequest extends LoadOrders {
  readonly model: LocalModel;
  readonly subject: ReadModel;
  readonly wishes: LoadWishes;
  /** What `begin` adds to the model; tried first as well. */
  readonly adapters?: readonly ReadAdapter[];
  /** Of what is loaded besides, as far as the engine counts it. */
  readonly besides?: Bytes;
}

export interface Loading<Loaded> {
  readonly plan: LoadPlan;
  /** By which it was planned. */
  readonly host: Host;
  readonly loaded: Loaded;
  /** What the engine counts as its own now. */
  readonly engine: EngineCount;
}

type Begin<Loaded> = (engine: Engine, options: LoadOptions, plan: LoadPlan) => Promise<Loaded>;

interface Planned {
  readonly plan: LoadPlan;
  /** By how much it does not fit. */
  readonly forced: Shortage | null;
}

/**
 * @param begin called with what the engine is to load; again, without a GPU, where none can be used
 * @throws OslmError does-not-fit, also when the memory runs out while loading; unknown-architecture, malformed-gguf, no-backend, load-failed
 */
export async function loadModel<Loaded extends Pick<LoadedModel, "memoryInUse">>(
  world: World,
  request: LoadRequest,
  begin: Begin<Loaded>,
): Promise<Loading<Loaded>> {
  const { model, subject, wishes, adapters = [], besides = 0, onForced } = request;
  const [path] = model.paths;
  checkArchitecture(subject.geometry, { file: basename(path), force: null });
  // A plan made before a download may be minutes old: what counts is what is free now.
  const host = await world.hostNow();
  const planned = async (on: Host): Promise<Planned> => {
    const one = await planOn(world, request, on);
    if (one.forced) onForced?.(one.forced, canTakeAll(one.plan) && (await world.engine()).rehearses);
    return one;
  };
  const load = async (plan: LoadPlan): Promise<Loading<Loaded>> => {
    const engine = await world.engine();
    const rehearsed = { model, subject, plan, host, adapterBytes: wishes.adapters ?? 0 };
    const tried = await rehearseLoad(world, rehearsed);
    await rehearseAdapters(world, rehearsed, adapters);
    const loaded = await begin(engine, { path, ...plan }, plan);
    const foreseen = foreseenByFormula(subject, { ...wishes, ...plan }, host) + besides;
    const count = { counted: await loaded.memoryInUse(), foreseen };
    const explained = { ...plan, reasons: [...plan.reasons, ...tried, sayEngineCount(count)] };
    return { plan: explained, host, loaded, engine: count };
  };
  const told = async (plan: LoadPlan, error: unknown): Promise<never> => {
    if (!isOslmError(error, "out-of-memory")) throw error;
    const now = await world.hostNow();
    const ways = waysAfter(stuckOf(world, request), { subject, host: now, wishes, plan });
    throw ranOut(model, plan, now, { engine: error.facts.reason, ways });
  };
  const first = await planned(host);
  return load(first.plan).catch(async (error: unknown) => {
    // A GPU that the driver shows and the engine cannot use: what was to lie there must fit the RAM as well.
    if (!isOslmError(error, "no-gpu") || host.gpuLayers !== undefined) return told(first.plan, error);
    const { plan } = await planned({ ...host, gpus: [] });
    const reasons = ["no GPU library of llama.cpp runs here: on the CPU", ...plan.reasons];
    return load({ ...plan, reasons }).catch((again: unknown) => told(plan, again));
  });
}

const RUN = (ref: string): string => `oslm run ${quoted(ref)}`;

function stuckOf({ machine }: World, { model, wishes, command = RUN }: LoadRequest): Stuck {
  return { command: command(model.ref), wishes, machine };
}

async function planOn(world: World, request: LoadRequest, host: Host): Promise<Planned> {
  const { model, subject, wishes, force = false, upTo, command = RUN } = request;
  const plan = upTo === undefined ? planLoad(subject, host, wishes) : planSequences(subject, host, wishes, upTo);
  if (plan.fits) return { plan, forced: null };
  if (force) return { plan: forcePlan(subject, host, wishes, plan), forced: plan.shortage };
  const load: Misfit = { model, subject, host, wishes };
  const stuck = stuckOf(world, request);
  const further = (await smallerModels(world, load)).map((ref) => again(stuck, { command: command(ref) }));
  throw doesNotFit(
    model,
    plan,
    waysOut(stuck, { subject, host, wishes, plan }, { nearer: fewer(stuck, load), further }),
  );
}

/** Half as many at once, or a quarter and so on, where that alone makes it fit. */
function fewer(stuck: Stuck, { subject, host, wishes }: Misfit): string[] {
  const { sequences = 1 } = wishes;
  for (let fewer = Math.floor(sequences / 2); fewer >= 1; fewer = Math.floor(fewer / 2)) {
    if (planLoad(subject, host, { ...wishes, sequences: fewer }).fits) return [again(stuck, { parallel: fewer })];
  }
  return [];
}
