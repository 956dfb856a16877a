// The same for files that are here: they tell themselves where their bytes lie.
import { isOslmError, OslmError } from "../../errors.js";
import type { ChoiceWishes } from "../../fit/choose.js";
import { planLoad } from "../../fit/plan-load.js";
import { qualityOf } from "../../fit/quality.js";
import { longestContext, reachOf } from "../../fit/reach.js";
import { asksForSpeed } from "../../fit/speed.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import type { Host, LeftOut } from "../../model/types.js";
import { strangeness } from "../pull/check-architecture.js";
import { type FoundProjector, soundProjector } from "../pull/find-projector.js";
import { findLocal, type LocalModel, storedModel } from "../run/local-model.js";
import { type ReadModel, readModel } from "../run/read-model.js";
import { findStored } from "../stored/find-stored.js";
import { isCatalogName } from "../stored/imported-name.js";
import type { World } from "../world.js";
import { type ContextFit, type FitRow, fitImages, type Scales } from "./fit.js";
import { projectorBytes } from "./plan-images.js";

/**
 * Undefined for a name that has to be asked of the Hub. Offline all that is stored of it is weighed; the first is what `oslm run` takes.
 * @throws OslmError file-not-found, malformed-gguf, usage, quant-not-found
 */
export async function weighStored(world: World, ref: ModelRef, { quant }: ChoiceWishes): Promise<Scales | undefined> {
  const remote = ref.kind === "catalog" || ref.kind === "hub";
  // A name that was given here means nothing to the Hub.
  const known = ref.kind === "hub" || (ref.kind === "catalog" && isCatalogName(ref.name));
  if (known && !world.offline) return undefined;
  if (!remote && quant !== undefined) {
    throw new OslmError("usage", {
      problem: `${formatRef(ref)} is one file: --quant cannot choose`,
      detail: "Only a name or a repository offers several quantizations.",
      help: "leave --quant out",
    });
  }
  const first = await findLocal(world, ref);
  if (first === undefined) return undefined;
  const stored = remote ? (await findStored(world, ref)).map(storedModel) : [];
  const all = stored.length > 0 ? stored : [first];
  const asked = all.filter((model) => quant === undefined || model.quant === quant);
  if (asked.length === 0) {
    const available = all.map((model) => model.quant);
    throw new OslmError("quant-not-found", {
      repo: first.stored?.repo ?? formatRef(ref),
      quant: quant ?? "",
      available,
    });
  }
  return weighFiles(world, asked.length === 1 ? (asked[0]?.ref ?? first.ref) : formatRef(ref), asked);
}

interface Read {
  readonly model: LocalModel;
  readonly read: ReadModel;
  readonly projector: FoundProjector | null;
}

async function weighFiles(world: World, name: string, models: readonly LocalModel[]): Promise<Scales> {
  const all: Read[] = [];
  const leftOut: LeftOut[] = [];
  for (const model of models) {
    try {
      all.push({ model, read: await readModel(model), projector: await soundProjector(world, model) });
    } catch (error) {
      if (models.length === 1 || !isOslmError(error, "malformed-gguf")) throw error;
      if (model === models.at(-1) && all.length === 0) throw error;
      leftOut.push({ file: model.paths[0], why: `header: ${error.facts.reason}` });
    }
  }
  const host = await world.host({ measured: asksForSpeed(Math.max(...all.map(({ read }) => read.weights.total))) });
  const fitAt = (wishes: ChoiceWishes): ContextFit => {
    const rows = all.map((one, at) => rowOf(one, host, wishes, at === 0));
    const [first] = rows;
    if (first === undefined) throw new RangeError("nothing to weigh");
    const { fits, row, reasons } = first;
    const variants = rows.map((one) => one.row).sort((a, b) => b.size - a.size);
    return { ctx: row.estimate.ctx, variants, choice: fits ? row.quant : null, reasons: fits ? reasons : [] };
  };
  const trainedFor = all[0]?.read.geometry.ctxTrain ?? 0;
  const obstacles = all.map(({ read }) => strangeness(read.geometry));
  const obstacle = obstacles.every((one) => one !== null) ? (obstacles[0] ?? null) : null;
  const projector = all[0]?.projector;
  const images = projector ? { images: fitImages(projector.path, projector) } : {};
  return { name, host, leftOut, obstacle, trainedFor, ...images, fitAt };
}

function rowOf({ model, read, projector }: Read, host: Host, asked: ChoiceWishes, first: boolean) {
  const wishes = { ...asked, ...(projector && { projector: projectorBytes(projector) }) };
  const { quant, paths } = model;
  const { geometry, weights, parameters } = read;
  const reach = wishes.prefer === "context" ? longestContext(read, host, wishes) : null;
  const plan = planLoad(read, host, reach === null ? wishes : { ...wishes, ctx: reach.ctx });
  const { estimate, reasons } = plan;
  const strange = strangeness(geometry);
  const fits = plan.fits && strange === null;
  const fileBits = (weights.total * 8) / Math.max(1, parameters);
  const { bits, loss } = qualityOf({ quant, fileBits, architecture: geometry.architecture });
  const row: FitRow = {
    ...{ quant, size: weights.total, files: paths, estimate, fits, chosen: fits && first },
    reason: strange ?? reasons.join("; "),
    layers: geometry.blocks + 1,
    ...(strange === null ? reachOf(read, plan, host, wishes) : { longestContext: null, longestContextKvType: null }),
    tokensPerSecond: plan.fits && fits ? plan.expectedTokensPerSecond : null,
    ...{ bitsPerWeight: bits, loss },
  };
  return { row, fits, reasons };
}
