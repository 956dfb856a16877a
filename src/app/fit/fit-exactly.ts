// `oslm fit --exact`: llama.cpp's own count in place of the formulas'.
import { basename } from "node:path";
import { OslmError } from "../../errors.js";
import { findShortage } from "../../fit/capacity.js";
import { countedByEngine, foreseenByFormula, sayEngineCount } from "../../fit/engine-count.js";
import { chooseBatch } from "../../fit/load-policy.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import { findLocal, type LocalModel } from "../run/local-model.js";
import { type ReadModel, readModel } from "../run/read-model.js";
import { canTakeAll, failureOf } from "../run/rehearse-load.js";
import type { World } from "../world.js";
import { type ContextFit, type FitReport, type FitWishes, fitModel } from "./fit.js";

/**
 * The fit of a model that is here, counted by the engine: in a process of its own, for each context, it makes all of a load but the
 * memory. That needs the file but not the room for it; what stays by formula says so (`estimate.method`): what does not fit, layers on a GPU,
 * and everything where loads cannot be rehearsed. Nothing is asked of the Hub.
 * @throws OslmError not-stored, malformed-gguf and load-failed for files that the engine does not take
 */
export async function fitExactly(world: World, ref: ModelRef, wishes: FitWishes): Promise<FitReport> {
  const here: World = { ...world, offline: true };
  const named =
    ref.kind === "catalog" || ref.kind === "hub" ? { ...ref, ...(wishes.quant && { quant: wishes.quant }) } : ref;
  const model = await findLocal(here, named);
  if (model === undefined) throw new OslmError("not-stored", { ref: formatRef(ref), suggestions: [] });
  const report = await fitModel(here, ref, wishes);
  const subject = await readModel(model);
  const contexts: ContextFit[] = [];
  for (const one of report.contexts) contexts.push(await countOne(world, model, subject, one, report));
  const [first] = contexts;
  return { ...report, ...first, contexts };
}

async function countOne(
  world: World,
  { paths: [path] }: LocalModel,
  subject: ReadModel,
  one: ContextFit,
  { host }: FitReport,
): Promise<ContextFit> {
  // Others of the repository may be here as well.
  const row = one.variants.find(({ files }) => files[0] === path);
  if (!row?.fits || !canTakeAll(row.estimate)) return one;
  const { ctx, kvType, gpuLayers } = row.estimate;
  // Read, not mapped: without memory the engine does not count the second copy of mapped weights.
  const load = { ctx, kvType, gpuLayers, batch: Math.min(chooseBatch(gpuLayers), ctx), useMmap: false };
  const engine = await world.engine();
  const wishes = { real: false, spare: 0, bytes: subject.weights.total };
  const outcome = await engine.rehearse({ path, threads: 1, ...load }, wishes, world.signal);
  if (outcome.is === "unknown") return one;
  if (outcome.is !== "fine") throw failureOf(outcome, basename(path));
  const count = { counted: outcome.ram, foreseen: foreseenByFormula(subject, load, host) };
  // The context that it reaches and its speed stay by formula, also where it does not fit by this count.
  const estimate = countedByEngine(row.estimate, count);
  const fits = findShortage(estimate, host) === null;
  const reason = `${row.reason}; ${sayEngineCount(count)}`;
  const reasons = fits ? [...one.reasons, sayEngineCount(count)] : [];
  return {
    ...one,
    variants: one.variants.map((other) => (other === row ? { ...row, estimate, fits, reason, chosen: fits } : other)),
    choice: fits ? one.choice : null,
    reasons,
  };
}
