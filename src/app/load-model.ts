// From a local model to a loaded one: what fits now, a rehearsal where it is due, the load, and what to say when it fails.
import { isOslmError } from "../errors.js";
import { forcePlan } from "../fit/force-plan.js";
import { type LoadPlan, type LoadWishes, planLoad } from "../fit/plan-load.js";
import { planSequences } from "../fit/plan-sequences.js";
import type { Host } from "../model/types.js";
import type { Engine, LoadOptions } from "../runtime/engine.js";
import { doesNotFit, ranOut } from "./does-not-fit.js";
import type { LocalModel } from "./local-model.js";
import type { ReadModel } from "./read-model.js";
import { rehearseLoad } from "./rehearse-load.js";
import { waysOut } from "./ways-out.js";
import type { World } from "./world.js";

export interface OpenOptions {
  /** Loads although the plan does not fit. */
  readonly force?: boolean;
  /** As many texts at once as are of use and fit, at most so many. Not given: as the wishes say. */
  readonly upTo?: number;
  /** The command that is told with another context when it does not fit. */
  readonly retry?: string;
}

export interface LoadRequest extends OpenOptions {
  readonly model: LocalModel;
  readonly subject: ReadModel;
  readonly wishes: LoadWishes;
}

interface Planned {
  readonly plan: LoadPlan;
  readonly forced: boolean;
}

/**
 * @param begin called with what the engine is to load; again, without a GPU, where none can be used
 * @throws OslmError does-not-fit, also when the memory runs out while loading; malformed-gguf, no-backend, load-failed
 */
export async function loadModel<Loaded>(
  world: World,
  request: LoadRequest,
  begin: (engine: Engine, options: LoadOptions) => Promise<Loaded>,
): Promise<{ readonly plan: LoadPlan; readonly loaded: Loaded }> {
  const { model, subject, retry = `oslm run ${model.ref}` } = request;
  const [path] = model.paths;
  // A plan made before a download may be minutes old: what counts is what is free now.
  const host = await world.hostNow();
  const load = async ({ plan, forced }: Planned) => {
    const engine = await world.engine();
    await rehearseLoad(world, { model, subject, plan, host, forced });
    return { plan, loaded: await begin(engine, { path, ...plan }) };
  };
  const told = async (plan: LoadPlan, error: unknown): Promise<never> => {
    if (!isOslmError(error, "out-of-memory")) throw error;
    throw ranOut({ ...model, retry }, plan, await world.hostNow(), error.facts.reason);
  };
  const first = await planOn(world, request, host, retry);
  return load(first).catch(async (error: unknown) => {
    // A GPU that the driver shows and the engine cannot use: what was to lie there must fit the RAM as well.
    if (!isOslmError(error, "no-gpu") || host.gpuLayers !== undefined) return told(first.plan, error);
    const { plan, forced } = await planOn(world, request, { ...host, gpus: [] }, retry);
    const reasons = ["no GPU library of llama.cpp runs here: on the CPU", ...plan.reasons];
    return load({ plan: { ...plan, reasons }, forced }).catch((again: unknown) => told(plan, again));
  });
}

async function planOn(world: World, request: LoadRequest, host: Host, retry: string): Promise<Planned> {
  const { model, subject, wishes, force, upTo } = request;
  const plan = upTo === undefined ? planLoad(subject, host, wishes) : planSequences(subject, host, wishes, upTo);
  if (plan.fits) return { plan, forced: false };
  if (force) return { plan: forcePlan(subject, host, wishes, plan), forced: true };
  throw doesNotFit({ ...model, retry }, plan, null, await waysOut(world, { model, subject, host, wishes, plan }));
}
